// The embedded log holds what is on its way. The record keeps what was read of it, so old records can go, as Kafka's do.
import { TOPICS, TRACK_GROUP } from '#contracts';
import type { DataSource } from '#storage';

/** Rows deleted in one statement. */
const LOT = 10_000;

// Of what `track` reads nothing goes that it has not read. Decisions are for others, of whom nothing is known here.
const TRIM = `
WITH gone AS (
  DELETE FROM event_log WHERE ctid = ANY(ARRAY(
    SELECT e.ctid FROM event_log e LEFT JOIN log_offset o ON o.consumer_group = $1 AND o.topic = e.topic AND o."partition" = e."partition"
    WHERE e.created_at < now() - $3 * interval '1 millisecond' AND (e.topic = $2 OR e."offset" < o.next_offset) LIMIT $4))
  RETURNING 1)
SELECT count(*)::int AS count FROM gone`;

/** Deletes a lot of what was appended more than `keepMs` ago, by the database's clock. True when there may be more. */
export async function trimLog(dataSource: DataSource, keepMs: number, lot = LOT): Promise<boolean> {
  const parameters = [TRACK_GROUP, TOPICS.decisions, keepMs, lot];
  const [{ count }] = (await dataSource.query(TRIM, parameters)) as [{ count: number }];
  return count === lot;
}
