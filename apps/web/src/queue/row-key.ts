import type { QueueRow } from '../api/queries.ts';

/** Names a row for selection; stable while its amounts change. */
export function rowKey(row: QueueRow): string {
  return row.escalationId ?? `${row.orderId}\n${row.ruleId}\n${row.parcelId ?? ''}`;
}
