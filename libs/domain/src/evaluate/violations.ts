// Rules fined per reported incident, and the presumption that spreads incidents of a day over a whole group.
import { acceptedAt } from '../compile/clock-start.js';
import type { CompiledVersion } from '../compile/compiled.js';
import { secondsLate } from '../compile/satisfaction.js';
import type { Instant, OrderFacts } from '../events.js';
import { earliestScan, type ParcelView } from '../evidence.js';
import { orderFacts } from '../fold/facts.js';
import type { Presumption } from '../rule.js';
import { dateText } from '../local-date.js';
import type { OrderState, ViolationFact } from '../state.js';
import { toLocal } from '../zone.js';
import { firstUpload, type Subject } from './subject.js';
import type { Trace } from './trace.js';

const NONE: readonly ViolationFact[] = [];
const NO_GROUPS: readonly string[] = [];

/**
 * Reported incidents, and the cancellation as one: kind `cancelled-by-seller`, `cancelled-by-buyer` or `cancelled-by-platform`, tagged
 * `after-acceptance` where the carrier had one of the parcels by then.
 */
export function incidentsOf(order: OrderState, parcels: readonly ParcelView[]): readonly ViolationFact[] {
  const { cancelledAt, cancelledBy, violations } = order;
  if (cancelledAt === undefined) return violations;
  const kind = `cancelled-by-${cancelledBy}`;
  const isAccepted = parcels.some(({ scans }) => {
    const accepted = earliestScan(scans, 'accepted', 'implied');
    return accepted !== undefined && secondsLate(accepted.at, cancelledAt) <= 0;
  });
  const tags = isAccepted ? { tags: ['after-acceptance'] } : {};
  return [...violations, { eventId: kind, kind, occurredAt: cancelledAt, count: 1, ...tags }];
}

/**
 * When the order was cancelled through the seller's fault: by the seller, or by the platform at its own instant of automatic cancellation or
 * later, where by that instant no number had been uploaded and no shipment confirmed. Undefined otherwise, as for an order whose automatic
 * cancellation the platform did not announce. Sources: TTS-US-4 (tracking added), AMZ-AUTOCANCEL (ship confirmation), WMT-AUTOCANCEL (tracking
 * updated); a scan of a number that is not uploaded prevents none of them.
 */
export function sellerFaultCancellation(order: OrderState): Instant | undefined {
  const { cancelledAt, cancelledBy, confirmedAt } = order;
  if (cancelledAt === undefined || cancelledBy === 'seller') return cancelledAt;
  const autoCancelAt = orderFacts(order)?.platformDeadlines?.autoCancelAt;
  if (cancelledBy !== 'platform' || autoCancelAt === undefined) return undefined;
  const isInTime = (at: Instant | undefined): boolean => at !== undefined && secondsLate(at, autoCancelAt) <= 0;
  if (isInTime(firstUpload(order)) || isInTime(confirmedAt)) return undefined;
  return secondsLate(cancelledAt, autoCancelAt) >= 0 ? cancelledAt : undefined;
}

/** The incidents a violation rule fines for this order; those presumed from the group when none was reported. */
export function finedIncidents(
  version: CompiledVersion,
  subject: Subject,
  trace: Trace | undefined,
): readonly ViolationFact[] {
  const { violation } = version.spec;
  if (!violation) return NONE;
  const reported = reportedIncidents(version, subject);
  for (const { kind, occurredAt, count } of reported) trace?.add('incident', { kind, at: occurredAt, count });
  const own = version.uploadBefore ? [...reported, ...earlyUploads(version, subject, trace)] : reported;
  if (own.length > 0 || !violation.presumption) return own;
  // Incidents of other kinds do not matter here; most orders have none at all.
  if (!version.when(subject.incidents.length === 0 ? subject : { ...subject, incidents: NONE })) return NONE;
  return presumed(version, violation.presumption, subject, trace);
}

/** Uploads the platform rejects because they came too soon: no report is needed, the order says so itself. */
function earlyUploads(version: CompiledVersion, subject: Subject, trace: Trace | undefined): readonly ViolationFact[] {
  const notBefore = version.uploadBefore?.(subject);
  if (notBefore === undefined || !version.when({ ...subject, incidents: NONE })) return NONE;
  const zone = version.document.marketZone;
  return subject.order.parcels
    .filter(({ uploadedAt }) => secondsLate(notBefore, uploadedAt) > 0)
    .map(({ trackingNumber, uploadedAt: at }) => {
      trace?.add('uploaded-too-early', { trackingNumber, at, notBefore, zone });
      const kind = 'uploaded-too-early';
      return { eventId: `${kind} ${trackingNumber}`, kind, occurredAt: at, trackingNumber, count: 1 };
    });
}

function reportedIncidents(version: CompiledVersion, subject: Subject): readonly ViolationFact[] {
  if (subject.incidents.length === 0) return NONE;
  const kinds = version.spec.violation?.kinds ?? [];
  return subject.incidents.filter(
    (incident) => kinds.includes(incident.kind) && version.when({ ...subject, incidents: [incident] }),
  );
}

function presumed(
  version: CompiledVersion,
  presumption: Presumption,
  subject: Subject,
  trace: Trace | undefined,
): readonly ViolationFact[] {
  const groups = groupsOf(presumption.groupBy, subject.facts);
  const shippedAt = groups.length > 0 ? shippedAtOf(subject) : undefined;
  if (shippedAt === undefined) return NONE;
  const day = dateText(toLocal(shippedAt, version.presumptionZone!(subject, undefined)).date);
  for (const group of groups) {
    const counts = subject.context.groupDay(presumption.groupBy, group, day, version.rule.id);
    if (!counts || counts.violations < presumption.minCount) continue;
    // Divided, not multiplied: a share that equals the published one compares as equal.
    if (counts.violations / counts.shipped < Number(presumption.minShare)) continue;
    trace?.add('presumed', { group, day, violations: counts.violations, shipped: counts.shipped });
    return [
      { eventId: 'presumed', kind: version.spec.violation!.kinds[0] ?? 'presumed', occurredAt: shippedAt, count: 1 },
    ];
  }
  return NONE;
}

/** When the order left: first acceptance by a carrier, else the seller's confirmation, else the first upload. */
export function shippedAtOf(subject: Subject): Instant | undefined {
  return acceptedAt(subject) ?? subject.order.confirmedAt ?? firstUpload(subject.order);
}

export function groupsOf(groupBy: Presumption['groupBy'], facts: OrderFacts): readonly string[] {
  if (groupBy === 'seller') return [facts.sellerId];
  if (!facts.lines.some((line) => line.spu !== undefined)) return NO_GROUPS;
  return [...new Set(facts.lines.flatMap((line) => line.spu ?? []))].sort();
}

/** One order's place in the groups of presumption rules: what a caller counts to answer `EvaluationContext.groupDay`. */
export interface GroupMembership {
  readonly ruleId: string;
  readonly groupBy: Presumption['groupBy'];
  readonly group: string;
  readonly localDate: string;
  /** Whether an incident was reported of this group: one that names a product is about that product alone. */
  readonly violation: boolean;
}

export function membershipsOf(version: CompiledVersion, subject: Subject): readonly GroupMembership[] {
  const presumption = version.spec.violation?.presumption;
  const groups = presumption ? groupsOf(presumption.groupBy, subject.facts) : NO_GROUPS;
  const shippedAt = groups.length > 0 ? shippedAtOf(subject) : undefined;
  if (!presumption || shippedAt === undefined) return [];
  const localDate = dateText(toLocal(shippedAt, version.presumptionZone!(subject, undefined)).date);
  const reported = reportedIncidents(version, subject);
  const { groupBy } = presumption;
  return groups.map((group) => ({
    ruleId: version.rule.id,
    groupBy,
    group,
    localDate,
    violation: reported.some(({ spu }) => groupBy !== 'spu' || spu === undefined || spu === group),
  }));
}
