// One dated version of a rule, compiled, with the overlays a tenant laid over it.
import type { Effect } from '../deadline.js';
import type { EffectSpec, Rule, RuleOverlay, RuleVersion } from '../rule.js';
import type { CompiledOverlay, CompiledVersion, CompiledWaiver } from './compiled.js';
import { compileClock } from './clock.js';
import { MOMENTS } from './clock-start.js';
import { compileExtension } from './count.js';
import { compileCondition } from './condition.js';
import { weakest } from './confidence.js';
import { checkedZone, instantOr } from './dates.js';
import { compilePenalty } from './penalty.js';
import { compileReversal } from './reversal.js';
import { compileSatisfaction } from './satisfaction.js';
import type { Reporter } from './reporter.js';
import type { Scope } from './scope.js';
import { uploadLimit } from './validity.js';
import { compileZone } from './zone-choice.js';

/** What compiling a version needs beside the version itself. */
export interface VersionParts {
  readonly rule: Rule;
  readonly scope: Scope;
  readonly rateIds: ReadonlySet<string>;
  readonly waivers: readonly CompiledWaiver[];
  readonly overlays: readonly { readonly overlay: RuleOverlay; readonly at: Reporter }[];
}

export function compileVersion(spec: RuleVersion, parts: VersionParts, at: Reporter): CompiledVersion {
  const version = compileSpec(spec, parts, undefined, at);
  const overlays = parts.overlays.map(({ overlay, at: place }) => compileOverlay(overlay, spec, parts, place));
  return { ...version, overlays };
}

function compileOverlay(overlay: RuleOverlay, spec: RuleVersion, parts: VersionParts, at: Reporter): CompiledOverlay {
  const zone = overlay.zone === undefined ? parts.scope.document.marketZone : checkedZone(overlay.zone, at.at('zone'));
  return {
    overlay,
    from: instantOr(overlay.from, zone, -Infinity, at.at('from')),
    until: instantOr(overlay.until, zone, Infinity, at.at('until')),
    version: compileSpec({ ...spec, ...overlay.patch }, parts, overlay, at.at('patch')),
  };
}

function compileSpec(
  spec: RuleVersion,
  parts: VersionParts,
  overlay: RuleOverlay | undefined,
  at: Reporter,
): CompiledVersion {
  const { scope } = parts;
  const { marketZone } = scope.document;
  const effective = at.at('effective');
  const zone = spec.effective.zone === undefined ? marketZone : checkedZone(spec.effective.zone, effective.at('zone'));
  const momentOf = MOMENTS[spec.effective.pickedBy];
  if (!momentOf) {
    const known = Object.keys(MOMENTS).join(', ');
    effective.at('pickedBy').fault(`unknown moment: ${spec.effective.pickedBy}`, `use one of ${known}`);
  }
  checkShape(spec, at);
  return {
    spec,
    rule: parts.rule,
    document: scope.document,
    from: instantOr(spec.effective.from, zone, -Infinity, effective.at('from')),
    until: instantOr(spec.effective.until, zone, Infinity, effective.at('until')),
    momentOf: momentOf ?? MOMENTS.placed,
    when: compileCondition(spec.when, marketZone, at.at('when')),
    clock: spec.clock && compileClock(spec.clock, scope, at.at('clock')),
    judge: spec.satisfiedBy && compileSatisfaction(spec.satisfiedBy, scope, at.at('satisfiedBy')),
    presumptionZone:
      spec.violation?.presumption &&
      compileZone(spec.violation.presumption.zone, scope, at.at('violation', 'presumption', 'zone')),
    penaltyOf: spec.penalty && compilePenalty(spec.penalty, scope, parts.rateIds, at.at('penalty')),
    exemptions: (spec.exemptions ?? []).map((exemption, i) => ({
      spec: exemption,
      when: compileCondition(exemption.when, marketZone, at.at('exemptions', i, 'when')),
    })),
    reversals: (spec.reversals ?? []).map((reversal, i) => compileReversal(reversal, scope, at.at('reversals', i))),
    uploadBefore: spec.violation?.uploadBefore && uploadLimit(spec.violation.uploadBefore.hours),
    effects: (spec.effects ?? []).map(effectOf),
    appealBy:
      spec.appeal?.windowDays === undefined
        ? undefined
        : compileExtension({ unit: spec.appeal.unit ?? 'calendar-days', amount: 0 }, scope, at.at('appeal')),
    ladderHours: spec.ladder && ladderHours(spec.ladder, at.at('ladder')),
    waivers: parts.waivers,
    confidence: overlay ? 'contract' : weakest(spec.confidence, spec.penalty?.confidence),
    overlay,
    overlays: [],
  };
}

/** A consequence with its text in both languages among its values. */
export function effectOf(spec: EffectSpec): Effect {
  return {
    kind: spec.kind,
    values: { ...spec.values, ...(spec.balance && { balance: spec.balance }), en: spec.text.en, zh: spec.text.zh },
  };
}

/** A deadline rule has a clock with a limit and a satisfaction, a violation rule has neither. */
function checkShape(spec: RuleVersion, at: Reporter): void {
  if (spec.violation) {
    if (spec.clock || spec.satisfiedBy)
      at.fault('a violation rule has no clock and no satisfaction', 'split it in two rules');
    return;
  }
  if (!spec.clock) return at.fault('a rule without a clock or a violation', 'add one of them');
  if (!spec.clock.count && !spec.clock.platformDeadline) {
    at.at('clock').fault(
      'a clock without a count or a platform deadline',
      'say how long, or which platform field governs',
    );
  }
  const gap = spec.clock.start === 'each-scan' || spec.clock.start === 'last-scan';
  if (!spec.satisfiedBy && !gap) at.fault('nothing satisfies this deadline', 'add satisfiedBy');
}

function ladderHours(ladder: NonNullable<RuleVersion['ladder']>, at: Reporter): readonly number[] {
  ladder.forEach((step, i) => {
    if (!(step.hoursBefore >= 0)) {
      at.at(i, 'hoursBefore').fault(
        `a step ${-step.hoursBefore} hours after its deadline`,
        'use 0 (the breach) or more',
      );
    }
  });
  const hours = ladder.map((step) => step.hoursBefore);
  if (new Set(hours).size < hours.length) at.fault('the same step twice', 'keep one of them');
  return [...hours].sort((a, b) => b - a);
}
