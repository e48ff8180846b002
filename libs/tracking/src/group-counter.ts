// Groups of presumption rules: which orders shipped in which group on which day, and how many of them were violations.
import type { CompiledRule, CompiledRulebook, GroupDay, OrderState, Shipment } from '#domain';
import { groupMemberships } from '#domain';
import type { GroupKey, MemberRow, Transaction } from '#storage';
import { GroupStore, RecomputeStore } from '#storage';
import type { BatchFacts } from './tenant-facts.js';
import { keyOf } from './tracked-event.js';

/** Counts by group, of groups with at least one violation. */
export type GroupDays = ReadonlyMap<string, GroupDay>;

export class GroupCounter {
  private readonly groups = new GroupStore();
  private readonly recompute = new RecomputeStore();

  /**
   * Brings the memberships of the orders up to date, then counts the groups they are in. Where that can change the verdict of
   * other orders of a group, asks for those to be judged again after this transaction. `asOf` is the instant an order is judged at, UTC
   * epoch milliseconds.
   */
  async count(
    transaction: Transaction,
    shipments: readonly Shipment[],
    facts: BatchFacts,
    asOf: (order: OrderState) => number,
  ): Promise<GroupDays> {
    const concerned = shipments.filter((shipment) => isPresumable(shipment, facts.rulebookOf(shipment.order.tenantId)));
    if (concerned.length === 0) return new Map();
    const orders = concerned.map(({ order }) => order);
    const stored = membersByOrder(await this.groups.membersOf(transaction, orders));
    const members = concerned.map((shipment) => membersOf(shipment, facts, asOf(shipment.order)));
    const changed = orders.flatMap((order, index) => {
      const before = stored.get(keyOf(order.tenantId, order.orderId)) ?? [];
      return textOf(before) === textOf(members[index]!) ? [] : [{ order, before, after: members[index]! }];
    });
    await this.groups.replace(
      transaction,
      changed.map(({ order }) => order),
      changed.flatMap(({ after }) => after),
    );
    const touched = changed.flatMap(({ before, after }) => [...before, ...after]);
    const keys = uniqueGroups([...members.flat(), ...touched]);
    const counts = await this.groups.counts(transaction, keys);
    const days = new Map([...counts].map(([index, day]) => [groupKey(keys[index]!), day]));
    await this.requestRecompute(transaction, touched, days, facts);
    return days;
  }

  /** A new violation always; a shipment only where the presumption may hold, because it changes the share. */
  private async requestRecompute(
    transaction: Transaction,
    touched: readonly MemberRow[],
    days: GroupDays,
    facts: BatchFacts,
  ): Promise<void> {
    const concerned = touched.filter((member) => {
      const violations = days.get(groupKey(member))?.violations ?? 0;
      return member.violation || violations >= minimumOf(facts.rulebookOf(member.tenantId).rule(member.ruleId));
    });
    for (const { tenantId, ruleId, group, localDate } of uniqueGroups(concerned)) {
      const scope = { group: { ruleId, group, localDate } };
      await this.recompute.requestOnce(transaction, { tenantId, cause: `presumption ${ruleId}`, scope });
    }
  }
}

export function groupKey({ tenantId, ruleId, group, localDate }: GroupKey): string {
  return [tenantId, ruleId, group, localDate].join('\n');
}

const presumable = new WeakMap<readonly CompiledRule[], boolean>();

function isPresumable({ facts }: Shipment, rulebook: CompiledRulebook): boolean {
  if (!facts) return false;
  const rules = rulebook.rulesFor(facts.platform, facts.market);
  let known = presumable.get(rules);
  if (known === undefined) {
    known = rules.some((rule) => minimumOf(rule) < Infinity);
    presumable.set(rules, known);
  }
  return known;
}

function minimumOf(rule: CompiledRule | undefined): number {
  const versions = rule?.versions ?? [];
  return Math.min(...versions.map(({ spec }) => spec.violation?.presumption?.minCount ?? Infinity));
}

function membersOf(shipment: Shipment, facts: BatchFacts, asOf: number): MemberRow[] {
  const { order } = shipment;
  const { tenantId, orderId } = order;
  const memberships = groupMemberships(shipment, facts.rulebookOf(tenantId), facts.contextOf(order, asOf));
  return memberships.map(({ ruleId, group, localDate, violation }) => ({
    tenantId,
    orderId,
    ruleId,
    group,
    localDate,
    violation,
  }));
}

function membersByOrder(members: readonly MemberRow[]): Map<string, MemberRow[]> {
  const orders = new Map<string, MemberRow[]>();
  for (const member of members) {
    const key = keyOf(member.tenantId, member.orderId);
    orders.set(key, [...(orders.get(key) ?? []), member]);
  }
  return orders;
}

function textOf(members: readonly MemberRow[]): string {
  return members
    .map((member) => `${groupKey(member)}\n${member.violation}`)
    .sort()
    .join('\n');
}

function uniqueGroups(members: readonly GroupKey[]): GroupKey[] {
  return [...new Map(members.map((member) => [groupKey(member), member])).values()];
}
