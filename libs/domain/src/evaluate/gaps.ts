// Gap rules: how long a parcel may go without a scan. Each scan starts a clock that the next scan ends.
import type { CompiledVersion } from '../compile/compiled.js';
import { secondsLate, type Verdict } from '../compile/satisfaction.js';
import { movements, terminalScan, type ParcelView } from '../evidence.js';
import { dueFrom, type Due } from './due.js';
import type { Subject } from './subject.js';
import type { Trace } from './trace.js';

export interface Gap {
  readonly due: Due;
  readonly verdict: Verdict;
}

export function isGapRule(version: CompiledVersion): boolean {
  const start = version.clock?.spec.start;
  return start === 'each-scan' || start === 'last-scan';
}

/** The gap that decides: the one exceeded most, else the one still running, else the last one closed in time. */
export function worstGap(version: CompiledVersion, subject: Subject, trace: Trace | undefined): Gap | undefined {
  const views = subject.parcel ? [subject.parcel] : subject.parcels;
  const gaps = views.flatMap((view) => gapsOf(version, view, subject));
  if (gaps.length === 0) return undefined;
  const worst = gaps.reduce((a, b) => (severity(b, subject) > severity(a, subject) ? b : a));
  if (trace) traceGap(worst, gaps.length, trace);
  return worst;
}

function gapsOf(version: CompiledVersion, view: ParcelView, subject: Subject): Gap[] {
  const scans = movements(view.scans);
  const ended = terminalScan(view.scans)?.at ?? Infinity;
  const zone = version.clock!.zoneOf(subject, undefined);
  const first = version.clock!.spec.start === 'last-scan' ? scans.length - 1 : 0;
  return scans.flatMap((scan, i) => {
    if (i < first || (scan.at > ended && i > first)) return [];
    const due = dueFrom(version, version.clock!, { at: scan.at, zone }, subject, zone, undefined);
    return due ? [{ due, verdict: verdictOf(due, scan.at >= ended ? scan.at : scans[i + 1]?.at, subject) }] : [];
  });
}

function verdictOf(due: Due, next: number | undefined, subject: Subject): Verdict {
  const limit = due.dueAt;
  if (next !== undefined) return { state: secondsLate(next, limit) > 0 ? 'failed' : 'satisfied', at: next, limit };
  return { state: secondsLate(subject.context.asOf, limit) > 0 ? 'failed' : 'pending', at: undefined, limit };
}

/** Failed gaps by lateness, then the running one, then closed ones by when they ended. */
function severity({ verdict }: Gap, subject: Subject): number {
  if (verdict.state === 'failed') return 2e15 + secondsLate(verdict.at ?? subject.context.asOf, verdict.limit);
  return verdict.state === 'pending' ? 1e15 : verdict.at!;
}

function traceGap({ due, verdict }: Gap, considered: number, trace: Trace): void {
  trace.add('gap', { from: due.startsAt, due: due.dueAt, zone: due.zone, considered });
  if (verdict.at === undefined) trace.add('gap-open', {});
  else trace.add('gap-closed', { at: verdict.at, zone: due.zone });
}
