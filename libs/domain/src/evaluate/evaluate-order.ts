// Every deadline of one order under a compiled rulebook. Pure: the instant to judge at, waivers and rates are arguments.
import type { CompiledRule, CompiledRulebook, CompiledVersion } from '../compile/compiled.js';
import type { Deadline } from '../deadline.js';
import type { EvaluationContext } from '../evaluate-types.js';
import { parcelView, type ParcelView } from '../evidence.js';
import { activeParcels } from '../fold/facts.js';
import type { Shipment } from '../state.js';
import { chargeTogether } from './charged-together.js';
import { dueOf } from './due.js';
import { EvaluatedDeadline, type Unfolded } from './evaluated.js';
import { outcomeOf } from './outcome.js';
import { pickVersion } from './pick-version.js';
import { projectFine } from './project-fine.js';
import type { ChainedDue, Subject } from './subject.js';
import { Trace } from './trace.js';
import { traceRule, traceStatus } from './trace-rule.js';
import { incidentsOf, membershipsOf, type GroupMembership } from './violations.js';

/**
 * Deadlines in rule order. Empty for an order known only from labels or scans, and for a platform without rules. A rule whose clock has not
 * started (nothing uploaded yet) has no deadline. `explanation` and `fine.formula` are computed when read.
 */
export function evaluateOrder(
  shipment: Shipment,
  rulebook: CompiledRulebook,
  context: EvaluationContext,
): readonly Deadline[] {
  const subject = subjectOf(shipment, rulebook, context);
  if (!subject) return [];
  const deadlines: EvaluatedDeadline[] = [];
  const decided = new Set<CompiledRule['document']>();
  for (const rule of rulebook.rulesFor(subject.facts.platform, subject.facts.market)) {
    if (rule.firstMatch && decided.has(rule.document)) continue;
    const before = deadlines.length;
    let applies = false;
    for (const judged of rule.perParcel ? subject.parcels.map((p) => parcelSubject(subject, p)) : [subject]) {
      const version = pickVersion(rule, judged);
      if (!version) continue;
      applies = true;
      const deadline = evaluateVersion(version, judged);
      if (deadline) deadlines.push(deadline);
    }
    // A violation rule decides only where something was violated.
    if (rule.firstMatch && applies && (deadlines.length > before || !isViolationRule(rule))) decided.add(rule.document);
  }
  return chargeTogether(deadlines);
}

/** What this order adds to the groups of presumption rules, for a caller that counts them; see `EvaluationContext.groupDay`. */
export function groupMemberships(
  shipment: Shipment,
  rulebook: CompiledRulebook,
  context: EvaluationContext,
): readonly GroupMembership[] {
  const subject = subjectOf(shipment, rulebook, context);
  if (!subject) return [];
  return rulebook.rulesFor(subject.facts.platform, subject.facts.market).flatMap((rule) => {
    const version = pickVersion(rule, subject);
    return version ? membershipsOf(version, subject) : [];
  });
}

function subjectOf(shipment: Shipment, rulebook: CompiledRulebook, context: EvaluationContext): Subject | undefined {
  const { order, facts, parcels } = shipment;
  if (!facts) return undefined;
  const views = activeParcels(order).map((link) => parcelView(link, parcels.get(link.trackingNumber)));
  const subject: Subject = {
    order,
    facts,
    parcels: views,
    parcel: undefined,
    incidents: incidentsOf(order),
    context,
    dueOf: (ruleId) => chainedDue(ruleId, subject, rulebook),
  };
  return subject;
}

function parcelSubject(
  { order, facts, parcels, incidents, context, dueOf: due }: Subject,
  parcel: ParcelView,
): Subject {
  return { order, facts, parcels, parcel, incidents, context, dueOf: due };
}

function isViolationRule(rule: CompiledRule): boolean {
  return rule.versions.every((version) => version.spec.violation !== undefined);
}

/** Due instant of another rule for the order itself, whether that deadline was met or not. */
function chainedDue(ruleId: string, subject: Subject, rulebook: CompiledRulebook): ChainedDue | undefined {
  const rule = rulebook.rule(ruleId);
  const { platform, market } = subject.facts;
  if (!rule || !rulebook.rulesFor(platform, market).includes(rule)) return undefined;
  const version = pickVersion(rule, subject);
  const due = version && dueOf(version, subject, undefined);
  return due && { at: due.dueAt, zone: due.zone };
}

function evaluateVersion(version: CompiledVersion, subject: Subject): EvaluatedDeadline | undefined {
  const outcome = outcomeOf(version, subject, undefined);
  if (!outcome) return undefined;
  const fine = projectFine(version, outcome, subject, undefined);
  let unfolded: Unfolded | undefined;
  const unfold = (): Unfolded => (unfolded ??= unfoldVersion(version, subject));
  return new EvaluatedDeadline({ version, subject, outcome, fine, unfold });
}

/** The same evaluation again, written down. */
function unfoldVersion(version: CompiledVersion, subject: Subject): Unfolded {
  const trace = new Trace();
  traceRule(version, subject, trace);
  const outcome = outcomeOf(version, subject, trace);
  if (outcome) {
    traceStatus(outcome, trace);
    projectFine(version, outcome, subject, trace);
  }
  return { lines: trace.lines, formula: trace.formula };
}
