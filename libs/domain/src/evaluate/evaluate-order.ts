// Every deadline of one order under a compiled rulebook. Pure: the instant to judge at, waivers and rates are arguments.
import type { CompiledRule, CompiledRulebook, CompiledVersion } from '../compile/compiled.js';
import type { Deadline } from '../deadline.js';
import type { EvaluationContext } from '../evaluate-types.js';
import type { RulebookDocument } from '../rule.js';
import type { Shipment } from '../state.js';
import { chargeTogether } from './charged-together.js';
import { EvaluatedDeadline } from './evaluated.js';
import { pickVersion } from './pick-version.js';
import { parcelSubject, subjectOf } from './subject-of.js';
import type { Subject } from './subject.js';
import { Trace } from './trace.js';
import { judgeVersion } from './unfold.js';
import { membershipsOf, type GroupMembership } from './violations.js';

/** Raised whenever the same orders and rules come to other deadlines than before: stored orders are then judged again. */
export const EVALUATION = 4;

/**
 * Deadlines in rule order. Empty for an order known only from labels or scans, and for a platform without rules. A rule whose clock has not
 * started (nothing uploaded yet) has no deadline. `explanation` and `fine.formula` are computed when read, or at once with `explain`: for
 * whoever reads all of them that is half the work.
 */
export function evaluateOrder(
  shipment: Shipment,
  rulebook: CompiledRulebook,
  context: EvaluationContext,
  explain = false,
): readonly Deadline[] {
  const subject = subjectOf(shipment, rulebook, context);
  if (!subject) return [];
  const deadlines: EvaluatedDeadline[] = [];
  const found: Found = { deadlines, explain };
  const decided: RulebookDocument[] = [];
  for (const rule of rulebook.rulesFor(subject.facts.platform, subject.facts.market)) {
    if (rule.firstMatch && decided.includes(rule.document)) continue;
    const applies = evaluateRule(rule, subject, found);
    if (rule.firstMatch && applies) decided.push(rule.document);
  }
  return chargeTogether(deadlines);
}

interface Found {
  readonly deadlines: EvaluatedDeadline[];
  readonly explain: boolean;
}

/** Adds the rule's deadlines; true when the rule applies to the order, a violation rule only where something was violated. */
function evaluateRule(rule: CompiledRule, subject: Subject, found: Found): boolean {
  if (!rule.perParcel) return evaluateFor(rule, subject, found);
  let applies = false;
  for (const parcel of subject.parcels) applies = evaluateFor(rule, parcelSubject(subject, parcel), found) || applies;
  return applies;
}

function evaluateFor(rule: CompiledRule, subject: Subject, { deadlines, explain }: Found): boolean {
  const version = pickVersion(rule, subject);
  if (!version) return false;
  const deadline = evaluateVersion(version, subject, explain);
  if (deadline) deadlines.push(deadline);
  return deadline !== undefined || !version.spec.violation;
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

function evaluateVersion(version: CompiledVersion, subject: Subject, explain: boolean): EvaluatedDeadline | undefined {
  const trace = explain ? new Trace() : undefined;
  const judged = judgeVersion(version, subject, trace);
  return judged && new EvaluatedDeadline({ version, subject, ...judged, charge: undefined }, trace);
}
