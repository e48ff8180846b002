// Rows of closed orders as rows of the tables they came from. Row-level security of `closed_order` decides which orders those are.

/** Closed orders `c` with their row of `shipment` as `s`; `from` is the table or a part of it. */
export function closedShipments(from = 'closed_order'): string {
  return `${from} c CROSS JOIN LATERAL json_populate_record(NULL::shipment, c.body -> 'shipment') s`;
}

/** Deadlines of the closed orders `c` for which `where` holds, with the columns of `deadline`. */
export function closedDeadlines(where: string): string {
  return `SELECT d.* FROM closed_order c CROSS JOIN LATERAL json_populate_recordset(NULL::deadline, c.body -> 'deadlines') d WHERE ${where}`;
}

/** Links of open and closed orders. */
export const EVERY_LINK = `(SELECT tenant_id, tracking_number, order_id FROM parcel_link
  UNION ALL SELECT tenant_id, tracking_number, order_id FROM closed_link)`;
