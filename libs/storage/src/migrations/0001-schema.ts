// The record: every table and index of the first release. Plain SQL, run once in one transaction.
import { SECURITY_SQL } from './0001-security.js';

const SHIPMENTS = `
CREATE TABLE tenant (
  tenant_id text PRIMARY KEY,
  name text NOT NULL,
  language text NOT NULL DEFAULT 'en',
  time_zone text NOT NULL DEFAULT 'UTC',
  settings jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE api_key (
  key_id text PRIMARY KEY,
  tenant_id text NOT NULL REFERENCES tenant,
  name text NOT NULL,
  secret_hash bytea NOT NULL,
  role text NOT NULL CHECK (role IN ('ops', 'seller', 'warehouse')),
  seller_id text,
  warehouse_id text,
  scopes text[] NOT NULL DEFAULT '{read,write}',
  expires_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  CHECK (role <> 'seller' OR seller_id IS NOT NULL),
  CHECK (role <> 'warehouse' OR warehouse_id IS NOT NULL)
);
CREATE TABLE carrier_endpoint (
  endpoint_id text PRIMARY KEY,
  tenant_id text NOT NULL REFERENCES tenant,
  carrier text NOT NULL,
  secret text NOT NULL,
  time_zone text,
  created_at timestamptz NOT NULL DEFAULT now()
);
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
  payload_hash bytea NOT NULL,
  payload json NOT NULL,
  topic text NOT NULL,
  "partition" int NOT NULL,
  "offset" bigint NOT NULL,
  PRIMARY KEY (tenant_id, source, event_id)
);
CREATE INDEX evidence_order ON evidence (tenant_id, order_id, occurred_at) WHERE order_id IS NOT NULL;
CREATE INDEX evidence_parcel ON evidence (tenant_id, tracking_number, occurred_at) WHERE tracking_number IS NOT NULL;
CREATE TABLE quarantine (
  quarantine_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id text,
  channel text NOT NULL,
  reason text NOT NULL,
  faults jsonb NOT NULL DEFAULT '[]',
  raw bytea,
  headers jsonb NOT NULL DEFAULT '{}',
  topic text,
  "partition" int,
  "offset" bigint,
  arrived_at timestamptz NOT NULL DEFAULT now(),
  status text NOT NULL DEFAULT 'held' CHECK (status IN ('held', 'replayed', 'dismissed')),
  settled_at timestamptz,
  settled_by text,
  UNIQUE (topic, "partition", "offset")
);
CREATE INDEX quarantine_tenant ON quarantine (tenant_id, quarantine_id);
CREATE TABLE shipment (
  tenant_id text NOT NULL,
  order_id text NOT NULL,
  seller_id text,
  shop_id text,
  warehouse_id text,
  platform text,
  market text,
  carrier text,
  placed_at timestamptz,
  seller_cancelled_at timestamptz,
  state json NOT NULL,
  verdict text NOT NULL DEFAULT '',
  generation int NOT NULL DEFAULT 1,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, order_id)
) WITH (fillfactor = 85);
CREATE TABLE parcel (
  tenant_id text NOT NULL,
  tracking_number text NOT NULL,
  state json NOT NULL,
  generation int NOT NULL DEFAULT 1,
  last_scan_at timestamptz,
  -- The first scan that proves that the carrier has it.
  physical_scan_at timestamptz,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, tracking_number)
) WITH (fillfactor = 75);
CREATE TABLE parcel_link (
  tenant_id text NOT NULL,
  tracking_number text NOT NULL,
  order_id text NOT NULL,
  uploaded_at timestamptz NOT NULL,
  -- Another number carries the order instead.
  replaced boolean NOT NULL DEFAULT false,
  PRIMARY KEY (tenant_id, tracking_number, order_id)
);
CREATE INDEX parcel_link_order ON parcel_link (tenant_id, order_id);
CREATE TABLE deadline (
  tenant_id text NOT NULL,
  order_id text NOT NULL,
  rule_id text NOT NULL,
  parcel_id text NOT NULL DEFAULT '',
  rule_version text NOT NULL,
  seller_id text,
  shop_id text,
  warehouse_id text,
  platform text NOT NULL,
  market text NOT NULL,
  carrier text,
  status text NOT NULL CHECK (status IN ('open', 'met', 'missed', 'waived', 'void')),
  starts_at timestamptz NOT NULL,
  due_at timestamptz NOT NULL,
  platform_due_at timestamptz,
  difference_ms bigint,
  governed_by text NOT NULL,
  satisfied_at timestamptz,
  settled_at timestamptz,
  stage text NOT NULL,
  zone text NOT NULL,
  units int NOT NULL DEFAULT 1,
  cases int NOT NULL DEFAULT 0,
  amount_minor bigint NOT NULL,
  expected_minor bigint NOT NULL,
  currency text NOT NULL,
  chance float8 NOT NULL,
  gated boolean NOT NULL DEFAULT false,
  confidence text NOT NULL,
  next_step text,
  next_step_at timestamptz,
  next_change_at timestamptz,
  wake_at timestamptz GENERATED ALWAYS AS (LEAST(next_step_at, next_change_at)) STORED,
  first_seen_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, order_id, rule_id, parcel_id)
) WITH (fillfactor = 85);
-- wake_at: a ladder step is due, or passing time alone changes the verdict or the amount. One index finds both.
CREATE INDEX deadline_wake ON deadline (wake_at) WHERE wake_at IS NOT NULL;
CREATE INDEX deadline_expected ON deadline (tenant_id, expected_minor DESC, order_id) WHERE status = 'open';
CREATE INDEX deadline_time_left ON deadline (tenant_id, due_at, order_id) WHERE status = 'open';
CREATE INDEX deadline_rule_shop ON deadline (tenant_id, rule_id, shop_id, due_at);
CREATE TABLE levied_fine (
  tenant_id text NOT NULL,
  charge_id text NOT NULL,
  order_id text,
  seller_id text,
  platform text NOT NULL,
  amount_minor bigint NOT NULL,
  currency text NOT NULL,
  levied_at timestamptz NOT NULL,
  rule_id text,
  reversal boolean NOT NULL DEFAULT false,
  reason text,
  PRIMARY KEY (tenant_id, charge_id, reversal)
);
CREATE TABLE waiver (
  tenant_id text NOT NULL,
  waiver_id text NOT NULL,
  body jsonb NOT NULL,
  announced_at timestamptz NOT NULL,
  revoked_at timestamptz,
  created_by text,
  PRIMARY KEY (tenant_id, waiver_id)
);
CREATE TABLE shop_rate (
  tenant_id text NOT NULL,
  rate_id text NOT NULL,
  shop_id text NOT NULL,
  origin text NOT NULL CHECK (origin IN ('computed', 'reported')),
  body jsonb NOT NULL,
  measured_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, rate_id, shop_id, origin)
);
CREATE TABLE miss_history (
  tenant_id text NOT NULL,
  seller_id text NOT NULL,
  rule_id text NOT NULL,
  missed int NOT NULL,
  settled int NOT NULL,
  measured_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, seller_id, rule_id)
);
CREATE TABLE group_member (
  tenant_id text NOT NULL,
  order_id text NOT NULL,
  rule_id text NOT NULL,
  group_key text NOT NULL,
  local_date text NOT NULL,
  violation boolean NOT NULL,
  PRIMARY KEY (tenant_id, order_id, rule_id, group_key)
);
CREATE INDEX group_member_day ON group_member (tenant_id, rule_id, group_key, local_date);
CREATE INDEX group_member_violation ON group_member (tenant_id, rule_id, group_key, local_date) WHERE violation;
CREATE TABLE recompute_task (
  task_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id text,
  cause text NOT NULL,
  scope jsonb NOT NULL,
  barrier xid8,
  after_tenant text NOT NULL DEFAULT '',
  after_order text NOT NULL DEFAULT '',
  orders_done bigint NOT NULL DEFAULT 0,
  orders_changed bigint NOT NULL DEFAULT 0,
  requested_at timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz
);
CREATE INDEX recompute_task_open ON recompute_task (task_id) WHERE finished_at IS NULL;
CREATE TABLE rule_overlay (
  tenant_id text NOT NULL,
  overlay_id text NOT NULL,
  body jsonb NOT NULL,
  signed_by text NOT NULL,
  signed_at timestamptz NOT NULL DEFAULT now(),
  withdrawn_by text,
  withdrawn_at timestamptz,
  PRIMARY KEY (tenant_id, overlay_id)
);
CREATE TABLE rule_drift (
  tenant_id text NOT NULL,
  rule_id text NOT NULL,
  rule_version text NOT NULL,
  opened_at timestamptz NOT NULL,
  closed_at timestamptz,
  body jsonb NOT NULL,
  PRIMARY KEY (tenant_id, rule_id, rule_version, opened_at)
);
CREATE UNIQUE INDEX rule_drift_open ON rule_drift (tenant_id, rule_id, rule_version) WHERE closed_at IS NULL;
CREATE TABLE backtest (
  backtest_id text PRIMARY KEY,
  tenant_id text NOT NULL,
  draft jsonb NOT NULL,
  starts_from timestamptz,
  starts_until timestamptz,
  as_of timestamptz NOT NULL,
  requested_by text NOT NULL,
  requested_at timestamptz NOT NULL DEFAULT now(),
  status text NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'running', 'done', 'failed')),
  run int NOT NULL DEFAULT 0,
  progress int NOT NULL DEFAULT 0,
  touched_at timestamptz,
  finished_at timestamptz,
  report jsonb,
  failure text
);
-- touched_at: last put into the queue or last sign of life. The queue may have lost it when that is long ago.
CREATE INDEX backtest_undone ON backtest (touched_at NULLS FIRST) WHERE status IN ('queued', 'running');
CREATE INDEX backtest_tenant ON backtest (tenant_id, requested_at DESC);
`;

const ESCALATIONS = `
CREATE TABLE escalation (
  escalation_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id text NOT NULL,
  order_id text NOT NULL,
  rule_id text NOT NULL,
  parcel_id text NOT NULL DEFAULT '',
  due_at timestamptz NOT NULL,
  step text NOT NULL,
  seller_id text,
  warehouse_id text,
  platform text NOT NULL,
  carrier text,
  amount_minor bigint NOT NULL,
  expected_minor bigint NOT NULL,
  currency text NOT NULL,
  status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'acknowledged', 'snoozed', 'withdrawn', 'resolved', 'missed')),
  late boolean NOT NULL DEFAULT false,
  raised_at timestamptz NOT NULL,
  queued_at timestamptz,
  dispatched_at timestamptz,
  notified_at timestamptz,
  acknowledged_at timestamptz,
  acknowledged_by text,
  note text,
  assigned_to text,
  snoozed_until timestamptz,
  settled_at timestamptz,
  UNIQUE (tenant_id, order_id, rule_id, parcel_id, due_at, step)
);
CREATE INDEX escalation_live ON escalation (tenant_id, expected_minor DESC, escalation_id) WHERE status IN ('open', 'acknowledged', 'snoozed');
-- dispatched_at: recipients resolved, notices written. Until then the queue may have to be told (again).
CREATE INDEX escalation_undispatched ON escalation (queued_at NULLS FIRST, escalation_id) WHERE dispatched_at IS NULL AND status = 'open';
CREATE INDEX escalation_snoozed ON escalation (snoozed_until) WHERE status = 'snoozed';
CREATE TABLE recipient (
  recipient_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id text NOT NULL REFERENCES tenant,
  name text NOT NULL,
  channel text NOT NULL CHECK (channel IN ('email', 'webhook')),
  address text NOT NULL,
  secret text,
  language text NOT NULL DEFAULT 'en' CHECK (language IN ('en', 'zh')),
  time_zone text NOT NULL DEFAULT 'UTC',
  seller_id text,
  warehouse_id text,
  steps text[],
  minimum_minor bigint NOT NULL DEFAULT 0,
  disabled_at timestamptz,
  disabled_reason text
);
CREATE TABLE notice (
  notice_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id text NOT NULL,
  escalation_id bigint NOT NULL REFERENCES escalation ON DELETE CASCADE,
  recipient_id bigint NOT NULL REFERENCES recipient ON DELETE CASCADE,
  channel text NOT NULL,
  status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'sent', 'failed', 'withdrawn')),
  attempts int NOT NULL DEFAULT 0,
  queued_at timestamptz,
  next_attempt_at timestamptz NOT NULL DEFAULT now(),
  settled_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (escalation_id, recipient_id, channel)
);
-- next_attempt_at: when a pending notice must be put into the queue, also because the queue may have lost it.
CREATE INDEX notice_pending ON notice (next_attempt_at) WHERE status = 'pending';
CREATE TABLE notice_attempt (
  attempt_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id text NOT NULL,
  notice_id bigint NOT NULL REFERENCES notice ON DELETE CASCADE,
  attempted_at timestamptz NOT NULL,
  outcome text NOT NULL,
  detail text,
  duration_ms int
);
CREATE INDEX notice_attempt_notice ON notice_attempt (notice_id, attempt_id);
CREATE TABLE decision (
  decision_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id text NOT NULL,
  seller_id text,
  warehouse_id text,
  order_id text,
  kind text NOT NULL,
  body json NOT NULL,
  decided_at timestamptz NOT NULL,
  published_at timestamptz
);
CREATE INDEX decision_unpublished ON decision (decision_id) WHERE published_at IS NULL;
CREATE INDEX decision_order ON decision (tenant_id, order_id, decision_id);
CREATE TABLE audit (
  audit_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id text NOT NULL,
  actor text NOT NULL,
  action text NOT NULL,
  subject text NOT NULL,
  before jsonb,
  after jsonb,
  reason text,
  at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE idempotency_key (
  tenant_id text NOT NULL,
  key text NOT NULL,
  payload_hash bytea NOT NULL,
  status int,
  response jsonb,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, key)
);
CREATE TABLE published_rulebook (
  rulebook text PRIMARY KEY,
  fingerprint text NOT NULL,
  published_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE log_offset (
  consumer_group text NOT NULL,
  topic text NOT NULL,
  "partition" int NOT NULL,
  next_offset bigint NOT NULL,
  epoch bigint NOT NULL,
  -- Records left in the partition as of the last claim or commit.
  lag bigint,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (consumer_group, topic, "partition")
);
`;

export const SCHEMA_SQL = [SHIPMENTS, ESCALATIONS, SECURITY_SQL].join('\n');
