// Counting by rule needs a rule's due instants, not its shops: new deadlines of a rule fall due after the old ones, so that they go to
// the end of the index. With the shop before the instant every row went to another page of it.
export const LEAN_DEADLINES_SQL = `
DROP INDEX deadline_rule_shop;
CREATE INDEX deadline_rule ON deadline (tenant_id, rule_id, due_at);
`;
