// The order as rules see it: its active parcels with the scans that count, its incidents, and the due instants other rules wait for.
import type { CompiledRulebook } from '../compile/compiled.js';
import type { EvaluationContext } from '../evaluate-types.js';
import { parcelView, type ParcelView } from '../evidence.js';
import { activeParcels } from '../fold/facts.js';
import type { Shipment } from '../state.js';
import { dueOf } from './due.js';
import { pickVersion } from './pick-version.js';
import type { ChainedDue, Subject } from './subject.js';
import { incidentsOf } from './violations.js';

/** Undefined for an order known only from labels or scans. */
export function subjectOf(
  shipment: Shipment,
  rulebook: CompiledRulebook,
  context: EvaluationContext,
): Subject | undefined {
  const { order, facts, parcels } = shipment;
  if (!facts) return undefined;
  const { placedAt } = facts.clocks;
  const views = activeParcels(order).map((link) => parcelView(link, parcels.get(link.trackingNumber), placedAt));
  const subject: Subject = {
    order,
    facts,
    parcels: views,
    parcel: undefined,
    incidents: incidentsOf(order, views),
    context,
    dueOf: (ruleId) => chainedDue(ruleId, subject, rulebook),
  };
  return subject;
}

export function parcelSubject(
  { order, facts, parcels, incidents, context, dueOf: due }: Subject,
  parcel: ParcelView,
): Subject {
  return { order, facts, parcels, parcel, incidents, context, dueOf: due };
}

/** Due instant of another rule for the order itself, whether that deadline was met or not. */
function chainedDue(ruleId: string, subject: Subject, rulebook: CompiledRulebook): ChainedDue | undefined {
  const rule = rulebook.rule(ruleId);
  const { platform, market } = subject.facts;
  if (!rule || !rulebook.rulesFor(platform, market).includes(rule)) return undefined;
  const version = pickVersion(rule, subject);
  const due = version && dueOf(version, subject, undefined);
  return due && { at: due.dueAt, zone: due.zone, startsAt: due.startsAt };
}
