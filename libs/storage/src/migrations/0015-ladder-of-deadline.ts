// A deadline keeps the ladder that governs it and since when. An overlay that replaces a ladder keeps the name of its version, so the ladder
// cannot be found by it; and the steps of a deadline that moved were called late, for we had known the deadline, though not the steps, all along.

export const LADDER_OF_DEADLINE_SQL = `
-- Hours before the due instant, longest first; null for the default ladder.
ALTER TABLE deadline ADD COLUMN ladder_hours text;
ALTER TABLE deadline RENAME COLUMN first_seen_at TO ladder_since;
-- Null in one brought back from among the orders closed before; it waits for no step until its ladder starts anew.
ALTER TABLE deadline ALTER COLUMN ladder_since DROP NOT NULL;
-- Which open deadlines have another ladder the rulebooks tell; whose says nothing else than before is not written.
INSERT INTO recompute_task (tenant_id, cause, scope)
SELECT NULL, 'ladders', jsonb_build_object('since', floor(extract(epoch FROM now()) * 1000)::bigint)
WHERE EXISTS (SELECT FROM deadline WHERE status = 'open');
`;

export const LADDER_OF_DEADLINE_DOWN_SQL = `
ALTER TABLE deadline DROP COLUMN ladder_hours;
ALTER TABLE deadline RENAME COLUMN ladder_since TO first_seen_at;
`;
