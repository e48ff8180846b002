import type { Transaction } from '../transaction.js';
import type { OrderKey } from './shipment-store.js';

/** Which orders to evaluate again; every field narrows. */
export interface RecomputeScope {
  readonly orderId?: string;
  readonly sellerId?: string;
  readonly warehouseId?: string;
  readonly shopId?: string;
  readonly platform?: string;
  readonly market?: string;
  /** Orders that have a deadline of one of these rules. */
  readonly ruleIds?: readonly string[];
  /** Reach of a correction: orders placed since then, and every order with an open deadline. UTC epoch milliseconds. */
  readonly since?: number;
  /** Of closed orders only those of which something happened, started or was due within. UTC epoch milliseconds. */
  readonly closedWithin?: { readonly from: number; readonly until: number };
  readonly group?: GroupScope;
  /** Of a changed rulebook: only who holds it as published may judge. */
  readonly rulebook?: string;
}

/** Orders of a product or a seller that shipped on one local day, as a presumption rule counts them. */
export interface GroupScope {
  readonly ruleId: string;
  readonly group: string;
  readonly localDate: string;
}

export interface RecomputeTask {
  /** Decimal text of a bigint. */
  readonly taskId: string;
  /** Null: every tenant. */
  readonly tenantId: string | null;
  readonly cause: string;
  readonly scope: RecomputeScope;
  readonly afterTenant: string;
  readonly afterOrder: string;
}

// Whoever read the old waivers, rates or rules and has not committed yet took its transaction id before the barrier was set;
// only when all of those have ended can no evaluation with the old facts come after ours.
const SET_BARRIERS = `UPDATE recompute_task SET barrier = pg_snapshot_xmax(pg_current_snapshot()) WHERE barrier IS NULL AND finished_at IS NULL`;

const CLAIM = `
SELECT task_id AS "taskId", tenant_id AS "tenantId", cause, scope, after_tenant AS "afterTenant", after_order AS "afterOrder"
FROM recompute_task
WHERE finished_at IS NULL AND barrier <= pg_snapshot_xmin(pg_current_snapshot())
  AND (scope ->> 'rulebook' IS NULL
    OR EXISTS (SELECT FROM published_rulebook WHERE rulebook = scope ->> 'rulebook' AND fingerprint = ANY($1::text[])))
ORDER BY task_id LIMIT 1 FOR UPDATE SKIP LOCKED`;

const NEXT_OPEN = `
SELECT s.tenant_id AS "tenantId", s.order_id AS "orderId" FROM shipment s
WHERE (s.tenant_id, s.order_id) > ($1, $2)
  AND ($3::text IS NULL OR s.tenant_id = $3) AND ($4::text IS NULL OR s.order_id = $4)
  AND ($5::text IS NULL OR s.seller_id = $5) AND ($6::text IS NULL OR s.shop_id = $6)
  AND ($7::text IS NULL OR s.platform = $7) AND ($8::text IS NULL OR s.market = $8)
  AND ($9::text[] IS NULL OR EXISTS (SELECT FROM deadline d
    WHERE d.tenant_id = s.tenant_id AND d.order_id = s.order_id AND d.rule_id = ANY($9)))
  AND ($10::float8 IS NULL OR s.placed_at >= to_timestamp($10 / 1000) OR EXISTS (SELECT FROM deadline d
    WHERE d.tenant_id = s.tenant_id AND d.order_id = s.order_id AND d.status = 'open'))
  AND ($11::text IS NULL OR EXISTS (SELECT FROM group_member g WHERE g.tenant_id = s.tenant_id AND g.order_id = s.order_id
    AND g.rule_id = $11 AND g.group_key = $12 AND g.local_date = $13))
  AND ($15::text IS NULL OR s.warehouse_id = $15)
ORDER BY s.tenant_id, s.order_id LIMIT $14`;

const NEXT_CLOSED = `
SELECT c.tenant_id, c.order_id FROM closed_order c
WHERE (c.tenant_id, c.order_id) > ($1, $2)
  AND ($3::text IS NULL OR c.tenant_id = $3) AND ($4::text IS NULL OR c.order_id = $4)
  AND ($5::text IS NULL OR c.seller_id = $5) AND ($15::text IS NULL OR c.warehouse_id = $15)
  AND ($7::text IS NULL OR c.platform = $7) AND ($8::text IS NULL OR c.market = $8)
  AND ($16::float8 IS NULL OR (c.ended_at >= to_timestamp($16 / 1000) AND c.began_at <= to_timestamp($17::float8 / 1000)))
  AND ($9::text[] IS NULL OR EXISTS (SELECT FROM json_array_elements(c.body -> 'deadlines') d WHERE d ->> 'rule_id' = ANY($9)))
  AND ($11::text IS NULL OR EXISTS (SELECT FROM group_member g WHERE g.tenant_id = c.tenant_id AND g.order_id = c.order_id
    AND g.rule_id = $11 AND g.group_key = $12 AND g.local_date = $13))
ORDER BY c.tenant_id, c.order_id LIMIT $14`;
const NEXT_ORDERS = `
SELECT * FROM (SELECT * FROM (${NEXT_OPEN}) AS of_open UNION ALL SELECT * FROM (${NEXT_CLOSED}) AS of_closed) AS next
ORDER BY "tenantId", "orderId" LIMIT $14`;

const PROGRESS = `
UPDATE recompute_task SET after_tenant = $2, after_order = $3, orders_done = orders_done + $4,
  orders_changed = orders_changed + $5, finished_at = CASE WHEN $6 THEN now() END
WHERE task_id = $1 AND after_tenant = $7 AND after_order = $8`;

/** Work lists of orders to evaluate again because a rule, a waiver or a rate changed. Done in chunks, resumable. */
export class RecomputeStore {
  async request(
    transaction: Transaction,
    task: { tenantId: string | null; cause: string; scope: RecomputeScope },
  ): Promise<string> {
    const [row] = await transaction.rows<{ taskId: string }>(
      'INSERT INTO recompute_task (tenant_id, cause, scope) VALUES ($1, $2, $3) RETURNING task_id AS "taskId"',
      [task.tenantId, task.cause, JSON.stringify(task.scope)],
    );
    return row!.taskId;
  }

  /** The same, unless an equal task has not begun yet: that one will see this change too. */
  async requestOnce(
    transaction: Transaction,
    task: { tenantId: string; cause: string; scope: RecomputeScope },
  ): Promise<void> {
    await transaction.run(
      `INSERT INTO recompute_task (tenant_id, cause, scope) SELECT $1, $2, $3::jsonb
       WHERE NOT EXISTS (SELECT FROM recompute_task
         WHERE tenant_id = $1 AND cause = $2 AND scope = $3::jsonb AND finished_at IS NULL AND barrier IS NULL)`,
      [task.tenantId, task.cause, JSON.stringify(task.scope)],
    );
  }

  /** Call in a transaction of its own before `claim`: a barrier is only right once the change it follows is committed. */
  async setBarriers(transaction: Transaction): Promise<void> {
    await transaction.run(SET_BARRIERS);
  }

  /**
   * The oldest task that may run now where rulebooks of these fingerprints are held, locked until the transaction ends; undefined when there
   * is none.
   */
  async claim(transaction: Transaction, fingerprints: readonly string[]): Promise<RecomputeTask | undefined> {
    return (await transaction.rows<RecomputeTask>(CLAIM, [fingerprints]))[0];
  }

  /** The next orders of the task, in key order; closed ones where the task reaches them. */
  async nextOrders(transaction: Transaction, task: RecomputeTask, limit: number): Promise<OrderKey[]> {
    const { scope } = task;
    const { from = null, until = null } = scope.closedWithin ?? {};
    const withClosed = reachesClosed(scope);
    return transaction.rows<OrderKey>(withClosed ? NEXT_ORDERS : NEXT_OPEN, [
      task.afterTenant,
      task.afterOrder,
      task.tenantId,
      scope.orderId ?? null,
      scope.sellerId ?? null,
      scope.shopId ?? null,
      scope.platform ?? null,
      scope.market ?? null,
      scope.ruleIds ?? null,
      scope.since ?? null,
      scope.group?.ruleId ?? null,
      scope.group?.group ?? null,
      scope.group?.localDate ?? null,
      limit,
      scope.warehouseId ?? null,
      ...(withClosed ? [from, until] : []),
    ]);
  }

  /** Remembers how far the task is; `finished` closes it. False when another process has taken it further than `task` says. */
  async progress(
    transaction: Transaction,
    task: RecomputeTask,
    step: { last: OrderKey | undefined; done: number; changed: number; finished: boolean },
  ): Promise<boolean> {
    const { last, done, changed, finished } = step;
    const before = [task.afterTenant, task.afterOrder];
    const after = last ? [last.tenantId, last.orderId] : before;
    return (await transaction.run(PROGRESS, [task.taskId, ...after, done, changed, finished, ...before])) === 1;
  }
}

/**
 * Whether a task is about closed orders too. A rate is as of now and was another when a closed order was fined; a correction reaches
 * back by less than an order must be over to be closed. What else may change the verdict on an order, a waiver or a presumption about
 * its group, may do so at any age.
 */
export function reachesClosed({ shopId, since }: RecomputeScope): boolean {
  return shopId === undefined && since === undefined;
}
