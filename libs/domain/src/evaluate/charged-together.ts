// Penalties of one order that know of each other: groups capped together, and groups of which only the highest is charged.
import type { CompiledPenalty } from '../compile/penalty.js';
import type { ExplanationLine } from '../deadline.js';
import type { EvaluatedDeadline } from './evaluated.js';

/** Misses are charged before open deadlines take what is left, each in rule order; amounts in different currencies never mix. */
export function chargeTogether(deadlines: readonly EvaluatedDeadline[]): readonly EvaluatedDeadline[] {
  if (!deadlines.some(owesInGroup)) return deadlines;
  const amounts = new Map(deadlines.map((deadline) => [deadline, deadline.fine.amountMinor]));
  const lines = new Map<EvaluatedDeadline, ExplanationLine>();
  for (const group of groupsBy(deadlines, (penalty) => penalty.spec.highestOf)) chargeHighest(group, amounts, lines);
  for (const group of groupsBy(deadlines, (penalty) => penalty.capGroup?.name)) chargeUpToCap(group, amounts, lines);
  return deadlines.map((deadline) => {
    const line = lines.get(deadline);
    return line ? deadline.withAmount(amounts.get(deadline)!, line) : deadline;
  });
}

type Amounts = Map<EvaluatedDeadline, number>;
type Lines = Map<EvaluatedDeadline, ExplanationLine>;

/** The highest miss is charged in full; of the open ones the highest adds what it would cost beyond that. */
function chargeHighest(group: readonly EvaluatedDeadline[], amounts: Amounts, lines: Lines): void {
  const charged = chargeBest(
    group.filter((one) => one.status === 'missed'),
    0,
    amounts,
    lines,
  );
  chargeBest(
    group.filter((one) => one.status === 'open'),
    charged,
    amounts,
    lines,
  );
}

function chargeBest(group: readonly EvaluatedDeadline[], charged: number, amounts: Amounts, lines: Lines): number {
  let best: EvaluatedDeadline | undefined;
  for (const one of group) if (!best || isCharged(one, best, amounts)) best = one;
  const highest = best ? Math.max(charged, amounts.get(best)!) : charged;
  for (const one of group) {
    const amount = one === best ? highest - charged : 0;
    if (amount === amounts.get(one)) continue;
    lines.set(one, {
      code: 'highest-of',
      values: { group: one.penalty!.spec.highestOf!, amountMinor: amount, currency: one.fine.currency },
    });
    amounts.set(one, amount);
  }
  return highest;
}

/** Of equal amounts the one more likely to be owed is charged, then the one due earlier: parcels of one order often cost the same. */
function isCharged(one: EvaluatedDeadline, best: EvaluatedDeadline, amounts: Amounts): boolean {
  const more = amounts.get(one)! - amounts.get(best)! || one.fine.expectedMinor - best.fine.expectedMinor;
  return more > 0 || (more === 0 && one.dueAt < best.dueAt);
}

function chargeUpToCap(group: readonly EvaluatedDeadline[], amounts: Amounts, lines: Lines): void {
  const ordered = [...group.filter((one) => one.status === 'missed'), ...group.filter((one) => one.status === 'open')];
  let left = group[0]!.penalty!.capGroup!.capMinor;
  for (const one of ordered) {
    const amount = Math.min(amounts.get(one)!, left);
    left -= amount;
    if (amount === amounts.get(one)) continue;
    lines.set(one, {
      code: 'cap-group',
      values: { group: one.penalty!.capGroup!.name, amountMinor: amount, currency: one.fine.currency },
    });
    amounts.set(one, amount);
  }
}

function groupsBy(
  deadlines: readonly EvaluatedDeadline[],
  nameOf: (penalty: CompiledPenalty) => string | undefined,
): readonly (readonly EvaluatedDeadline[])[] {
  const groups = new Map<string, EvaluatedDeadline[]>();
  for (const deadline of deadlines) {
    const name = deadline.penalty && nameOf(deadline.penalty);
    if (name === undefined) continue;
    const key = `${name} ${deadline.fine.currency}`;
    groups.set(key, [...(groups.get(key) ?? []), deadline]);
  }
  return [...groups.values()];
}

/** Nothing is taken from a deadline that owes nothing, met ones above all. */
function owesInGroup({ fine, penalty }: EvaluatedDeadline): boolean {
  if (fine.amountMinor === 0 || penalty === undefined) return false;
  return penalty.spec.highestOf !== undefined || penalty.capGroup !== undefined;
}
