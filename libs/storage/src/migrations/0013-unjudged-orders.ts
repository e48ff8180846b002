// Orders whose events are applied and whose deadlines are not judged yet: `track` only reads while it is far behind. A mark for each batch
// that touched the order: who marks never waits for who judges. Short-lived and read as a whole, so without an index. `marked_at` in the future is an order set aside.
export const UNJUDGED_ORDERS_SQL = `
CREATE TABLE unjudged_order (
  tenant_id text NOT NULL,
  order_id text NOT NULL,
  marked_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE unjudged_order ENABLE ROW LEVEL SECURITY;
ALTER TABLE unjudged_order FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON unjudged_order TO fineline_service USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON unjudged_order TO fineline_service;
`;
