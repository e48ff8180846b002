// Lists of deadlines. Visibility is row-level security's business; these queries only filter, sort and page.
import type { DeadlineRow, deadlinesQuery } from '#contracts';
import type { z } from 'zod';
import { decodeCursor, pageOf } from './cursor.js';
import type { Transaction } from '../transaction.js';
import { closedDeadlines, EVERY_LINK } from './closed.js';
import type { Page } from './filters.js';
import { Conditions, at, iso, minor } from './filters.js';

export type DeadlineFilter = z.output<typeof deadlinesQuery>;
/** A row as stored: the title of its rule is added by whoever holds the rulebook. */
export type StoredDeadlineRow = Omit<DeadlineRow, 'ruleTitle'>;

const COLUMNS = [
  'order_id AS "orderId"',
  'rule_id AS "ruleId"',
  'rule_version AS "ruleVersion"',
  `nullif(parcel_id, '') AS "parcelId"`,
  'platform',
  'market',
  'seller_id AS "sellerId"',
  'warehouse_id AS "warehouseId"',
  'carrier',
  'status',
  iso('starts_at', 'startsAt'),
  iso('due_at', 'dueAt'),
  iso('platform_due_at', 'platformDueAt'),
  minor('difference_ms', 'differenceMs'),
  iso('satisfied_at', 'satisfiedAt'),
  'zone',
  minor('amount_minor', 'amountMinor'),
  minor('expected_minor', 'expectedMinor'),
  'currency',
  'chance',
  'gated',
  'confidence',
  'next_step AS "nextStep"',
  iso('next_step_at', 'nextStepAt'),
].join(', ');

const ORDER = {
  expected: 'expected_minor DESC, order_id, rule_id, parcel_id',
  'time-left': 'due_at, order_id, rule_id, parcel_id',
};

/** One page of deadlines, without those of closed orders, at most `filter.limit` rows. Throws BadCursor. */
export async function listDeadlines(
  transaction: Transaction,
  filter: DeadlineFilter,
): Promise<Page<StoredDeadlineRow>> {
  const conditions = new Conditions().add('status = ?', filter.status);
  addShipmentFilters(conditions, filter);
  addPosition(conditions, filter);
  const limit = conditions.parameter(filter.limit + 1);
  const rows = await transaction.rows<StoredDeadlineRow>(
    `SELECT ${COLUMNS} FROM deadline ${conditions.where()} ORDER BY ${ORDER[filter.sort]} LIMIT ${limit}`,
    conditions.parameters,
  );
  return pageOf(rows, filter.limit, filter.sort, (row) => [
    filter.sort === 'expected' ? row.expectedMinor : row.dueAt,
    row.orderId,
    row.ruleId,
    row.parcelId ?? '',
  ]);
}

/** The filters lists and exposure share; columns are the table's own names. */
export function addShipmentFilters(conditions: Conditions, filter: Partial<DeadlineFilter>): void {
  conditions
    .add('platform = ?', filter.platform)
    .add('market = ?', filter.market)
    .add('warehouse_id = ?', filter.warehouse)
    .add('seller_id = ?', filter.seller)
    .add('carrier = ?', filter.carrier)
    .add('rule_id = ?', filter.rule)
    .add('currency = ?', filter.currency)
    .add('due_at >= ?', at(filter.dueAfter))
    .add('due_at < ?', at(filter.dueBefore))
    .add(named('order_id'), filter.text);
}

/**
 * True for rows of orders whose id, or one of whose tracking numbers, starts with the parameter. The orders are found first. By `^@` and not by
 * LIKE, which under row-level security may only be asked of rows that are known to be visible, so never of an index.
 */
export function named(orderId: string): string {
  return `${orderId} IN (SELECT order_id FROM shipment WHERE order_id ^@ ?
    UNION SELECT order_id FROM closed_order WHERE order_id ^@ ?
    UNION SELECT order_id FROM ${EVERY_LINK} l WHERE tracking_number ^@ upper(?))`;
}

function addPosition(conditions: Conditions, { sort, cursor }: DeadlineFilter): void {
  const byAmount = sort === 'expected';
  const key = decodeCursor(cursor, sort, [byAmount ? 'number' : 'instant', 'string', 'string', 'string']);
  if (!key) return;
  const [first, order, rule, parcel] = key.map((part) => conditions.parameter(part));
  const rest = `(order_id, rule_id, parcel_id) > (${order}, ${rule}, ${parcel})`;
  // The plain bound before the OR lets the index start at the right place.
  if (byAmount) {
    conditions.always(`expected_minor <= ${first} AND (expected_minor < ${first} OR ${rest})`);
  } else {
    conditions.always(`due_at >= ${first} AND (due_at > ${first} OR ${rest})`);
  }
}

/** Whether this person sees a deadline of the order under the rule. */
export async function hasDeadline(transaction: Transaction, orderId: string, ruleId: string): Promise<boolean> {
  const rows = await transaction.rows(
    `SELECT 1 FROM deadline WHERE order_id = $1 AND rule_id = $2
     UNION ALL SELECT 1 FROM (${closedDeadlines('c.order_id = $1')}) closed WHERE rule_id = $2 LIMIT 1`,
    [orderId, ruleId],
  );
  return rows.length > 0;
}
