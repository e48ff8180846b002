// Every deadline of one order under a compiled rulebook. Pure: the instant to judge at, waivers and rates are arguments.
import type { CompiledRule, CompiledRulebook, CompiledVersion } from '../compile/compiled.js';
import type { Deadline } from '../deadline.js';
import type { EvaluationContext } from '../evaluate-types.js';
import type { RulebookDocument } from '../rule.js';
import type { Shipment } from '../state.js';
import { chargeTogether } from './charged-together.js';
import { EvaluatedDeadline } from './evaluated.js';
import { outcomeOf } from './outcome.js';
import { pickVersion } from './pick-version.js';
import { projectFine } from './project-fine.js';
import { parcelSubject, subjectOf } from './subject-of.js';
import type { Subject } from './subject.js';
import { membershipsOf, type GroupMembership } from './violations.js';

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
  const decided: RulebookDocument[] = [];
  for (const rule of rulebook.rulesFor(subject.facts.platform, subject.facts.market)) {
    if (rule.firstMatch && decided.includes(rule.document)) continue;
    const applies = evaluateRule(rule, subject, deadlines);
    if (rule.firstMatch && applies) decided.push(rule.document);
  }
  return chargeTogether(deadlines);
}

/** Adds the rule's deadlines; true when the rule applies to the order, a violation rule only where something was violated. */
function evaluateRule(rule: CompiledRule, subject: Subject, deadlines: EvaluatedDeadline[]): boolean {
  if (!rule.perParcel) return evaluateFor(rule, subject, deadlines);
  let applies = false;
  for (const parcel of subject.parcels)
    applies = evaluateFor(rule, parcelSubject(subject, parcel), deadlines) || applies;
  return applies;
}

function evaluateFor(rule: CompiledRule, subject: Subject, deadlines: EvaluatedDeadline[]): boolean {
  const version = pickVersion(rule, subject);
  if (!version) return false;
  const deadline = evaluateVersion(version, subject);
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

function evaluateVersion(version: CompiledVersion, subject: Subject): EvaluatedDeadline | undefined {
  const outcome = outcomeOf(version, subject, undefined);
  if (!outcome) return undefined;
  const fine = projectFine(version, outcome, subject, undefined);
  return new EvaluatedDeadline({ version, subject, outcome, fine, charge: undefined });
}
