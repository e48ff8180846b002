// What takes a fine away or gives it back: exemptions of the rule, waivers of the platform or the tenant.
import type { CompiledVersion, CompiledWaiver } from '../compile/compiled.js';
import type { Verdict } from '../compile/satisfaction.js';
import type { Subject } from './subject.js';
import type { Trace } from './trace.js';

/** A refund expected later, in months. */
export interface Refund {
  readonly monthsMin: number;
  readonly monthsMax: number;
}

export function isExempt(version: CompiledVersion, subject: Subject, trace: Trace | undefined): boolean {
  for (const { spec, when } of version.exemptions) {
    if (!when(subject)) continue;
    trace?.add(spec.result === 'waived' ? 'exempt' : 'appeal-ground', {
      id: spec.id,
      en: spec.text.en,
      zh: spec.text.zh,
    });
    if (spec.result === 'waived') return true;
  }
  return false;
}

export function isWaived(
  waivers: readonly CompiledWaiver[],
  verdict: Verdict,
  lateSeconds: number,
  trace: Trace | undefined,
): boolean {
  const waiver = waivers.find((one) => one.effect.kind === 'waive' && reaches(one, verdict, lateSeconds));
  if (!waiver) return false;
  trace?.add('waived', { waiver: waiver.id, en: waiver.text.en, zh: waiver.text.zh });
  return true;
}

/** A waiver for small lateness needs the late event: until it happened nobody knows how late it will be. */
function reaches(waiver: CompiledWaiver, verdict: Verdict, lateSeconds: number): boolean {
  if (waiver.maxLateSeconds === Infinity) return true;
  return verdict.state === 'failed' && verdict.at !== undefined && lateSeconds <= waiver.maxLateSeconds;
}

export function refundOf(
  waivers: readonly CompiledWaiver[],
  verdict: Verdict,
  lateSeconds: number,
  trace: Trace | undefined,
): Refund | undefined {
  for (const waiver of waivers) {
    if (waiver.effect.kind !== 'refund-later' || !reaches(waiver, verdict, lateSeconds)) continue;
    const { monthsMin, monthsMax } = waiver.effect;
    trace?.add('refund-later', { waiver: waiver.id, en: waiver.text.en, zh: waiver.text.zh, monthsMin, monthsMax });
    return { monthsMin, monthsMax };
  }
  return undefined;
}
