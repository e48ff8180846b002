import type { Confidence, DeadlineStatus } from '#domain';
import type { Transaction } from '../transaction.js';
import { columnsOf, milliseconds, timestamp } from './columns.js';
import type { OrderKey } from './shipment-store.js';
import { orderColumns } from './shipment-store.js';

export interface DeadlineKey extends OrderKey {
  readonly ruleId: string;
  /** Tracking number of a per-parcel rule, else empty. */
  readonly parcelId: string;
}

/** One deadline as stored. Instants are UTC epoch milliseconds, money integer minor units of `currency`. */
export interface DeadlineRow extends DeadlineKey {
  readonly ruleVersion: string;
  readonly sellerId: string | null;
  readonly shopId: string | null;
  readonly warehouseId: string | null;
  readonly platform: string;
  readonly market: string;
  readonly carrier: string | null;
  readonly status: DeadlineStatus;
  readonly startsAt: number;
  readonly dueAt: number;
  readonly platformDueAt: number | null;
  readonly differenceMs: number | null;
  readonly governedBy: string;
  readonly satisfiedAt: number | null;
  readonly settledAt: number | null;
  readonly stage: string;
  readonly zone: string;
  /** Units of goods the order carries, for rates that count units. */
  readonly units: number;
  readonly cases: number;
  readonly amountMinor: number;
  readonly expectedMinor: number;
  readonly currency: string;
  readonly chance: number;
  readonly gated: boolean;
  readonly confidence: Confidence;
  /** Hours of the steps of the ladder that governs, longest first, as `48,8,0`; null for the default ladder. */
  readonly ladderHours: string | null;
  /** The ladder step to take next and when; null when none is left. */
  readonly nextStep: string | null;
  readonly nextStepAt: number | null;
  /** When passing time alone changes the verdict or the amount. */
  readonly nextChangeAt: number | null;
}

interface Column {
  readonly name: keyof DeadlineRow;
  readonly column: string;
  readonly type: 'text' | 'int' | 'float8' | 'bigint' | 'boolean' | 'instant';
}

const column = (name: keyof DeadlineRow, type: Column['type'] = 'text'): Column => ({
  name,
  column: name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
  type,
});

const KEY = [column('tenantId'), column('orderId'), column('ruleId'), column('parcelId')];
const STEP = [column('nextStep'), column('nextStepAt', 'instant')];
const VALUES = [
  column('ruleVersion'),
  column('sellerId'),
  column('shopId'),
  column('warehouseId'),
  column('platform'),
  column('market'),
  column('carrier'),
  column('status'),
  column('startsAt', 'instant'),
  column('dueAt', 'instant'),
  column('platformDueAt', 'instant'),
  column('differenceMs', 'bigint'),
  column('governedBy'),
  column('satisfiedAt', 'instant'),
  column('settledAt', 'instant'),
  column('stage'),
  column('zone'),
  column('units', 'int'),
  column('cases', 'int'),
  column('amountMinor', 'bigint'),
  column('expectedMinor', 'bigint'),
  column('currency'),
  column('chance', 'float8'),
  column('gated', 'boolean'),
  column('confidence'),
  column('ladderHours'),
  column('nextChangeAt', 'instant'),
];
const COLUMNS = [...KEY, ...VALUES, ...STEP];
const NAMES = COLUMNS.map(({ column: name }) => name).join(', ');

const arrayType = ({ type }: Column): string => (type === 'text' || type === 'boolean' ? `${type}[]` : 'float8[]');
const asStored = ({ column: name, type }: Column, of = ''): string =>
  type === 'instant' ? timestamp(of + name) : of + name;
const given = (each: Column): string => asStored(each, 'v.');
const asRead = ({ name, column: stored, type }: Column): string => {
  if (type === 'instant') return milliseconds(`d.${stored}`, name);
  return type === 'bigint' ? `d.${stored}::float8 AS "${name}"` : `d.${stored} AS "${name}"`;
};

const GIVEN = `unnest(${COLUMNS.map((each, index) => `$${index + 1}::${arrayType(each)}`).join(', ')}) AS v (${NAMES})`;

const NOW = `$${COLUMNS.length + 1}::timestamptz`;

// Two statements and not one with ON CONFLICT, which looks every new row up first and costs a third more.
const INSERT = `INSERT INTO deadline (${NAMES}, ladder_since)
SELECT ${COLUMNS.map((each) => asStored(each)).join(', ')}, ${NOW} FROM ${GIVEN}`;

// A step already taken must not come back because a scan arrived; only another ladder, due instant or status starts the ladder anew.
const SAME_LADDER = `d.due_at = ${timestamp('v.due_at')} AND d.ladder_hours IS NOT DISTINCT FROM v.ladder_hours`;
const keepStep = (step: Column): string =>
  `${step.column} = CASE WHEN ${SAME_LADDER} AND d.status = v.status THEN d.${step.column} ELSE ${given(step)} END`;

// One that turns missed stands on the ladder as before: its breach may still be late.
const UPDATE = `
UPDATE deadline d SET ${VALUES.map((value) => `${value.column} = ${given(value)}`).join(', ')},
${STEP.map(keepStep).join(',\n')},
ladder_since = CASE WHEN ${SAME_LADDER} AND d.status IN ('open', 'missed') THEN coalesce(d.ladder_since, ${NOW}) ELSE ${NOW} END, updated_at = now()
FROM ${GIVEN} WHERE ${KEY.map((key) => `d.${key.column} = v.${key.column}`).join(' AND ')}`;

const LOAD = `
SELECT ${COLUMNS.map(asRead).join(', ')}
FROM unnest($1::text[], $2::text[]) AS k (tenant_id, order_id) JOIN deadline d USING (tenant_id, order_id)`;

const REMOVE = `
DELETE FROM deadline d USING unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS v (tenant_id, order_id, rule_id, parcel_id)
WHERE d.tenant_id = v.tenant_id AND d.order_id = v.order_id AND d.rule_id = v.rule_id AND d.parcel_id = v.parcel_id`;

const PICKS = COLUMNS.map(
  ({ name }) =>
    (row: DeadlineRow) =>
      row[name],
);

/** Deadlines of orders. Load and write them only while holding the order's lock. */
export class DeadlineStore {
  async load(transaction: Transaction, orders: readonly OrderKey[]): Promise<DeadlineRow[]> {
    if (orders.length === 0) return [];
    return transaction.rows<DeadlineRow>(LOAD, orderColumns(orders));
  }

  /** Rows whose key is not stored; their ladders begin at `now` (UTC epoch milliseconds). Throws for one that is stored. */
  async insert(transaction: Transaction, rows: readonly DeadlineRow[], now: number): Promise<void> {
    if (rows.length > 0) await transaction.run(INSERT, [...columnsOf(rows, PICKS), new Date(now)]);
  }

  /**
   * Rows whose key is stored. What is there of `nextStep` and `nextStepAt` stays while ladder, due instant and status do; a ladder
   * that is another one, or of a deadline that was settled, begins at `now` (UTC epoch milliseconds).
   */
  async update(transaction: Transaction, rows: readonly DeadlineRow[], now: number): Promise<void> {
    if (rows.length === 0) return;
    const updated = await transaction.run(UPDATE, [...columnsOf(rows, PICKS), new Date(now)]);
    if (updated !== rows.length) throw new Error(`${rows.length - updated} of ${rows.length} deadlines are not stored`);
  }

  async remove(transaction: Transaction, keys: readonly DeadlineKey[]): Promise<void> {
    if (keys.length === 0) return;
    const picks = KEY.map(
      ({ name }) =>
        (key: DeadlineKey) =>
          key[name as keyof DeadlineKey],
    );
    await transaction.run(REMOVE, columnsOf(keys, picks));
  }
}
