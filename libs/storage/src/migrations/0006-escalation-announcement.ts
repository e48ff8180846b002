// Escalations to be queued are noted once per statement, not marked row by row: an escalation that is queued or dispatched changes
// no column that has an index.

export const ESCALATION_ANNOUNCEMENT_SQL = `
CREATE TABLE escalation_announcement (
  announcement_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- Put into the queue at; null while it never was.
  queued_at timestamptz,
  escalation_ids bigint[] NOT NULL
);
CREATE INDEX escalation_announcement_queued ON escalation_announcement (queued_at NULLS FIRST);
GRANT SELECT, INSERT, UPDATE, DELETE ON escalation_announcement TO fineline_service;
GRANT USAGE ON SEQUENCE escalation_announcement_announcement_id_seq TO fineline_service;
INSERT INTO escalation_announcement (escalation_ids)
SELECT array_agg(escalation_id) FROM escalation WHERE status = 'open' AND dispatched_at IS NULL
GROUP BY escalation_id / 1000;
DROP INDEX escalation_undispatched;
ALTER TABLE escalation DROP COLUMN queued_at;
-- Short-lived and read once: not worth compressing.
ALTER TABLE escalation_announcement ALTER COLUMN escalation_ids SET STORAGE EXTERNAL;
ALTER TABLE decision_announcement ALTER COLUMN decision_ids SET STORAGE EXTERNAL;
-- Room in the page for the row as dispatched, so that its indexes stay as they are.
ALTER TABLE escalation SET (fillfactor = 80);
`;
