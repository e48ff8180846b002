// The escalation queue: one row per deadline, its latest step. Amounts are those of the row, kept current by `track`.
import type { EscalationRow, escalationsQuery } from '#contracts';
import type { z } from 'zod';
import { decodeCursor, pageOf } from './cursor.js';
import { named } from './deadlines.js';
import type { Transaction } from '../transaction.js';
import { isLive } from '../stores/escalation-status.js';
import type { Page } from './filters.js';
import { Conditions, at, iso, minor } from './filters.js';

export type EscalationFilter = z.output<typeof escalationsQuery>;
export type StoredEscalationRow = Omit<EscalationRow, 'ruleTitle'>;

const LIVE = `('open', 'acknowledged', 'snoozed')`;

const COLUMNS = [
  'e.escalation_id::text AS "escalationId"',
  'e.order_id AS "orderId"',
  'e.rule_id AS "ruleId"',
  `nullif(e.parcel_id, '') AS "parcelId"`,
  iso('e.due_at', 'dueAt'),
  `coalesce(d.zone, 'UTC') AS zone`,
  'e.step',
  'e.seller_id AS "sellerId"',
  'e.warehouse_id AS "warehouseId"',
  'e.platform',
  'e.carrier',
  minor('e.amount_minor', 'amountMinor'),
  minor('e.expected_minor', 'expectedMinor'),
  'e.currency',
  'd.confidence',
  'e.status',
  iso('e.raised_at', 'raisedAt'),
  iso('e.notified_at', 'notifiedAt'),
  iso('e.acknowledged_at', 'acknowledgedAt'),
  'e.acknowledged_by AS "acknowledgedBy"',
  'e.note',
  'e.assigned_to AS "assignedTo"',
  iso('e.snoozed_until', 'snoozedUntil'),
].join(', ');

// A later step of the same deadline replaces the earlier one in the queue. As a scalar sub-select it stays a look-up per row
// of the page (NOT EXISTS joins the whole queue with itself). By the index of live rows it would read the tenant's whole queue: 200
// times slower before an ANALYZE. The planner takes an equation for one row in 200 and a CASE for half of them: as an equation it may ask
// it of the whole queue, to sort what it thinks is a handful.
const LATEST_STEP = `CASE WHEN e.escalation_id = (SELECT max(later.escalation_id) FROM escalation later
  WHERE later.tenant_id = e.tenant_id AND later.order_id = e.order_id AND later.rule_id = e.rule_id
    AND later.parcel_id = e.parcel_id AND ${isLive('later')}) THEN true ELSE false END`;

const ORDER = { expected: 'expected_minor DESC, escalation_id', 'time-left': 'due_at, escalation_id' };

/** One page of the queue. The page is cut before the join, so its cost does not grow with the queue. Throws BadCursor. */
export async function listEscalations(
  transaction: Transaction,
  filter: EscalationFilter,
): Promise<Page<StoredEscalationRow>> {
  const conditions = conditionsOf(filter);
  addPosition(conditions, filter);
  const limit = conditions.parameter(filter.limit + 1);
  const order = ORDER[filter.sort];
  const rows = await transaction.rows<StoredEscalationRow>(
    `WITH page AS (SELECT * FROM escalation e ${conditions.where()} ORDER BY ${order} LIMIT ${limit})
     SELECT ${COLUMNS} FROM page e
     LEFT JOIN deadline d USING (tenant_id, order_id, rule_id, parcel_id)
     ORDER BY ${order.replaceAll(/(expected_minor|due_at|escalation_id)/g, 'e.$1')}`,
    conditions.parameters,
  );
  return pageOf(rows, filter.limit, filter.sort, (row) => [
    filter.sort === 'expected' ? row.expectedMinor : row.dueAt,
    row.escalationId,
  ]);
}

function conditionsOf(filter: EscalationFilter): Conditions {
  const conditions = new Conditions();
  if (filter.status === 'live') conditions.always(`e.status IN ${LIVE}`).always(LATEST_STEP);
  else conditions.add('e.status = ?', filter.status);
  if (filter.breached !== 'include') conditions.always(`e.step ${filter.breached === 'only' ? '=' : '<>'} 'breach'`);
  if (filter.assigned === 'nobody') conditions.always('e.assigned_to IS NULL');
  else conditions.add('e.assigned_to = ?', filter.assigned);
  return conditions
    .add('e.platform = ?', filter.platform)
    .add('e.warehouse_id = ?', filter.warehouse)
    .add('e.seller_id = ?', filter.seller)
    .add('e.carrier = ?', filter.carrier)
    .add('e.rule_id = ?', filter.rule)
    .add('e.currency = ?', filter.currency)
    .add('e.due_at >= ?', at(filter.dueAfter))
    .add('e.due_at < ?', at(filter.dueBefore))
    .add(
      `EXISTS (SELECT 1 FROM deadline m WHERE m.tenant_id = e.tenant_id AND m.order_id = e.order_id
        AND m.rule_id = e.rule_id AND m.parcel_id = e.parcel_id AND m.market = ?)`,
      filter.market,
    )
    .add(named('e.order_id'), filter.text);
}

function addPosition(conditions: Conditions, { sort, cursor }: EscalationFilter): void {
  const byAmount = sort === 'expected';
  const key = decodeCursor(cursor, sort, [byAmount ? 'number' : 'instant', 'id']);
  if (!key) return;
  const [first, id] = key.map((part) => conditions.parameter(part));
  if (byAmount) {
    conditions.always(
      `e.expected_minor <= ${first} AND (e.expected_minor < ${first} OR e.escalation_id > ${id}::bigint)`,
    );
  } else {
    conditions.always(`e.due_at >= ${first} AND (e.due_at > ${first} OR e.escalation_id > ${id}::bigint)`);
  }
}
