// Up to which instant a partition has been read while there is more of it: a backlog is judged at that instant and not at the present.

export const READ_UNTIL_SQL = `
-- When the last applied record was appended, by the log; null where nothing was left after it.
ALTER TABLE log_offset ADD COLUMN read_until timestamptz;
`;
