import type { GroupDay, GroupMembership } from '#domain';
import type { Transaction } from '../transaction.js';
import { columnsOf } from './columns.js';
import type { OrderKey } from './shipment-store.js';
import { orderColumns } from './shipment-store.js';

/** A group of a presumption rule on one local day. */
export interface GroupKey {
  readonly tenantId: string;
  readonly ruleId: string;
  readonly group: string;
  readonly localDate: string;
}

/** One order's place in a group. */
export interface MemberRow extends OrderKey, GroupKey {
  readonly violation: GroupMembership['violation'];
}

const MEMBERS = `
SELECT tenant_id AS "tenantId", order_id AS "orderId", g.rule_id AS "ruleId", g.group_key AS "group",
  g.local_date AS "localDate", g.violation
FROM unnest($1::text[], $2::text[]) AS k (tenant_id, order_id) JOIN group_member g USING (tenant_id, order_id)`;

const REMOVE = `
DELETE FROM group_member g USING unnest($1::text[], $2::text[]) AS k (tenant_id, order_id)
WHERE g.tenant_id = k.tenant_id AND g.order_id = k.order_id`;

const ADD = `
INSERT INTO group_member (tenant_id, order_id, rule_id, group_key, local_date, violation)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::boolean[])`;

// Violations first, by their own small index: of most groups there are none, and then nobody counts what was shipped.
const COUNTS = `
SELECT k.position::int AS position, v.violations::int AS violations,
  (SELECT count(*) FROM group_member g WHERE (g.tenant_id, g.rule_id, g.group_key, g.local_date)
    = (k.tenant_id, k.rule_id, k.group_key, k.local_date))::int AS shipped
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) WITH ORDINALITY AS k (tenant_id, rule_id, group_key, local_date, position)
CROSS JOIN LATERAL (SELECT count(*) AS violations FROM group_member g WHERE g.violation
  AND (g.tenant_id, g.rule_id, g.group_key, g.local_date) = (k.tenant_id, k.rule_id, k.group_key, k.local_date)) v
WHERE v.violations > 0`;

/** Which orders shipped in which group on which day, for rules that presume a whole group from some of its incidents. */
export class GroupStore {
  async membersOf(transaction: Transaction, orders: readonly OrderKey[]): Promise<MemberRow[]> {
    return orders.length === 0 ? [] : transaction.rows<MemberRow>(MEMBERS, orderColumns(orders));
  }

  /** Replaces every membership of the orders. */
  async replace(transaction: Transaction, orders: readonly OrderKey[], members: readonly MemberRow[]): Promise<void> {
    if (orders.length > 0) await transaction.run(REMOVE, orderColumns(orders));
    if (members.length === 0) return;
    const columns = columnsOf(members, [
      (row) => row.tenantId,
      (row) => row.orderId,
      (row) => row.ruleId,
      (row) => row.group,
      (row) => row.localDate,
      (row) => row.violation,
    ]);
    await transaction.run(ADD, columns);
  }

  /** Counts of those groups that have a violation, by the index of their key. */
  async counts(transaction: Transaction, keys: readonly GroupKey[]): Promise<Map<number, GroupDay>> {
    if (keys.length === 0) return new Map();
    const columns = columnsOf(keys, [
      (key) => key.tenantId,
      (key) => key.ruleId,
      (key) => key.group,
      (key) => key.localDate,
    ]);
    const rows = await transaction.rows<{ position: number } & GroupDay>(COUNTS, columns);
    return new Map(rows.map(({ position, violations, shipped }) => [position - 1, { violations, shipped }]));
  }
}
