/** The embedded log's tables. `next_offset` is raised in the transaction that inserts, under its row's lock. */
export const EVENT_LOG_DDL = `
CREATE TABLE IF NOT EXISTS event_log_partition (
  topic text NOT NULL,
  "partition" int NOT NULL,
  next_offset bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (topic, "partition")
);
CREATE TABLE IF NOT EXISTS event_log (
  topic text NOT NULL,
  "partition" int NOT NULL,
  "offset" bigint NOT NULL,
  key text NOT NULL,
  value bytea,
  headers jsonb NOT NULL DEFAULT '[]',
  created_at timestamptz NOT NULL,
  PRIMARY KEY (topic, "partition", "offset")
);
COMMENT ON COLUMN event_log.headers IS 'list of [name, text] or [name, null, base64]; names may repeat';
`;
