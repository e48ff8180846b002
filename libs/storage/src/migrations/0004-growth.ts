// What grows without end, in a form that can be written fast and dropped by age. Evidence lies in one table a week; its keys, which
// tell a repeated event, in a narrow table of their own. Decisions to publish are noted once per statement, not marked row by row.

// A row of a week's table is written by COPY straight into that table: PostgreSQL refuses COPY where row-level security applies, and
// these tables need none, since only the service may write them and nobody may read them but through `evidence`.
const EVIDENCE = `
ALTER TABLE evidence RENAME TO evidence_unpartitioned;
ALTER TABLE evidence_unpartitioned RENAME CONSTRAINT evidence_pkey TO evidence_unpartitioned_pkey;
DROP INDEX evidence_order, evidence_parcel;
CREATE TABLE evidence (
  tenant_id text NOT NULL,
  source text NOT NULL,
  event_id text NOT NULL,
  type text NOT NULL,
  order_id text,
  tracking_number text,
  occurred_at timestamptz NOT NULL,
  received_at timestamptz,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  payload json NOT NULL,
  topic text NOT NULL,
  "partition" int NOT NULL,
  "offset" bigint NOT NULL
) PARTITION BY RANGE (recorded_at);
-- An event is looked for by its order, or by its parcel where it names no order; a label names both.
CREATE INDEX evidence_subject ON evidence (tenant_id, coalesce(order_id, tracking_number, ''), occurred_at);
CREATE INDEX evidence_label ON evidence (tenant_id, tracking_number) WHERE order_id IS NOT NULL AND tracking_number IS NOT NULL;
CREATE TABLE evidence_key (
  -- Half of the SHA-256 of tenant, source and id.
  event_key uuid PRIMARY KEY,
  -- Half of the SHA-256 of what the event says.
  payload_hash uuid NOT NULL,
  recorded_at timestamptz NOT NULL
);

CREATE FUNCTION evidence_week(recorded timestamptz) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  monday date := date_trunc('week', recorded AT TIME ZONE 'UTC');
  week text := 'evidence_' || to_char(monday, 'YYYYMMDD');
BEGIN
  IF to_regclass(week) IS NOT NULL THEN RETURN week; END IF;
  -- A lock on the table, not an advisory one: only waiting for the former makes this session see what the other has made.
  LOCK TABLE evidence IN SHARE UPDATE EXCLUSIVE MODE;
  IF to_regclass(week) IS NULL THEN
    EXECUTE format('CREATE TABLE %I (LIKE evidence INCLUDING ALL)', week);
    EXECUTE format('ALTER TABLE evidence ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', week,
      monday::timestamp AT TIME ZONE 'UTC', (monday + 7)::timestamp AT TIME ZONE 'UTC');
    EXECUTE format('GRANT INSERT ON %I TO fineline_service', week);
  END IF;
  RETURN week;
END $$;
COMMENT ON FUNCTION evidence_week IS 'The table of the week (Monday to Sunday, UTC) an event was recorded in; made when it is missing.';

CREATE FUNCTION evidence_weeks() RETURNS TABLE (week text, ends_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT relname::text, (to_date(right(relname, 8), 'YYYYMMDD') + 7)::timestamp AT TIME ZONE 'UTC'
  FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid WHERE inhparent = 'evidence'::regclass ORDER BY relname
$$;

CREATE FUNCTION drop_evidence_week(week text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM evidence_weeks() w WHERE w.week = drop_evidence_week.week) THEN
    RAISE EXCEPTION '% is not a week of evidence', week;
  END IF;
  EXECUTE format('DROP TABLE %I', week);
END $$;
REVOKE ALL ON FUNCTION evidence_week, evidence_weeks, drop_evidence_week FROM PUBLIC;
GRANT EXECUTE ON FUNCTION evidence_week, evidence_weeks, drop_evidence_week TO fineline_service;

INSERT INTO evidence_key (event_key, payload_hash, recorded_at)
SELECT encode(substring(sha256(convert_to(tenant_id || E'\\n' || source || E'\\n' || event_id, 'UTF8')) FOR 16), 'hex')::uuid,
  encode(substring(payload_hash FOR 16), 'hex')::uuid, recorded_at FROM evidence_unpartitioned;
SELECT evidence_week(recorded_at) FROM (
  SELECT DISTINCT date_trunc('week', recorded_at AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' AS recorded_at FROM evidence_unpartitioned) AS stored;
INSERT INTO evidence SELECT tenant_id, source, event_id, type, order_id, tracking_number, occurred_at, received_at, recorded_at, payload,
  topic, "partition", "offset" FROM evidence_unpartitioned;
`;

/** The policy of the table it replaces, which goes with it. */
const EVIDENCE_SECURITY = `
ALTER TABLE evidence ENABLE ROW LEVEL SECURITY;
ALTER TABLE evidence FORCE ROW LEVEL SECURITY;
DO $$
DECLARE visible text := (SELECT qual FROM pg_policies WHERE tablename = 'evidence_unpartitioned' AND policyname = 'people');
BEGIN
  EXECUTE format('CREATE POLICY people ON evidence TO fineline_app USING (%s)', replace(visible, 'evidence_unpartitioned.', 'evidence.'));
END $$;
CREATE POLICY service ON evidence TO fineline_service USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, DELETE ON evidence TO fineline_service;
GRANT SELECT ON evidence TO fineline_app;
GRANT SELECT, INSERT, DELETE ON evidence_key TO fineline_service;
DROP TABLE evidence_unpartitioned;
`;

// Ids are drawn while the orders are locked, so of two decisions on one order the first to be made has the smaller id and is
// announced no later: whoever publishes announcements in the order of their ids keeps the order of each order.
const DECISIONS = `
CREATE TABLE decision_announcement (
  announcement_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  decisions int NOT NULL,
  decision_ids bigint[] NOT NULL
);
CREATE FUNCTION announce_decisions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO decision_announcement (decisions, decision_ids)
  SELECT count(*), array_agg(decision_id ORDER BY decision_id) FROM added HAVING count(*) > 0;
  RETURN NULL;
END $$;
CREATE TRIGGER announce AFTER INSERT ON decision REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION announce_decisions();
INSERT INTO decision_announcement (decisions, decision_ids)
SELECT count(*), array_agg(decision_id ORDER BY decision_id) FROM decision WHERE published_at IS NULL HAVING count(*) > 0;
DROP INDEX decision_unpublished;
ALTER TABLE decision DROP COLUMN published_at;
GRANT SELECT, INSERT, DELETE ON decision_announcement TO fineline_service;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO fineline_service;
`;

export const GROWTH_SQL = [EVIDENCE, EVIDENCE_SECURITY, DECISIONS].join('\n');
