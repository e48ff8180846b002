// A deadline is found by its key. While a table has no statistics the planner takes any index that begins with the same columns, and a
// deadline was looked for among all those of its tenant and rule: in a first backlog that was half of what writing them cost. An index that
// only serves questions about shops cannot be taken.
export const DEADLINE_BY_KEY_SQL = `
DROP INDEX deadline_rule;
CREATE INDEX deadline_rule ON deadline (tenant_id, rule_id, due_at) WHERE shop_id IS NOT NULL;
`;
