// Conditions of the rule language as closures over the order.
import { digitsOf } from '../evaluate/formula.js';
import { handlingDays } from '../evaluate/promise.js';
import type { OrderFacts } from '../events.js';
import type { Condition, OrderField, Scalar } from '../rule.js';
import type { Subject } from '../evaluate/subject.js';
import { readInstant } from './dates.js';
import type { Reporter } from './reporter.js';

export type Test = (subject: Subject) => boolean;
type FieldValue = Scalar | readonly string[] | undefined;
type FieldTest = Extract<Condition, { field: OrderField }>;
type Bound = 'lt' | 'lte' | 'gt' | 'gte';

export const always: Test = () => true;

const COMPARE: Readonly<Record<Bound, (value: number, bound: number) => boolean>> = {
  lt: (value, bound) => value < bound,
  lte: (value, bound) => value <= bound,
  gt: (value, bound) => value > bound,
  gte: (value, bound) => value >= bound,
};
const INSTANT_FIELDS: ReadonlySet<OrderField> = new Set(['placedAt', 'paidAt', 'releasedAt', 'mustArriveBy']);

const FIELDS: Readonly<Record<OrderField, (subject: Subject) => FieldValue>> = {
  program: (s) => s.facts.program,
  orderType: (s) => s.facts.orderType,
  labelSource: (s) => (s.parcel ?? s.parcels[0])?.link.labelSource ?? s.facts.labelSource,
  tags: (s) => s.facts.tags ?? [],
  sellerId: (s) => s.facts.sellerId,
  shopId: (s) => s.facts.shopId,
  warehouseId: (s) => s.facts.warehouseId,
  carrier: (s) => (s.parcel ?? s.parcels[0])?.link.carrier,
  currency: (s) => s.facts.currency,
  quantity: (s) => s.facts.lines.reduce((sum, line) => sum + line.quantity, 0),
  relabelled: (s) => s.order.parcels.some((link) => link.replaces !== undefined),
  shippingTier: (s) => s.facts.promise?.shippingTier,
  statedRange: (s) => s.facts.promise?.statedRange,
  'shipFrom.country': (s) => s.facts.shipFrom?.country,
  'shipFrom.region': (s) => s.facts.shipFrom?.region,
  'shipFrom.kind': (s) => s.facts.shipFrom?.kind,
  'shipTo.country': (s) => s.facts.shipTo?.country,
  'shipTo.region': (s) => s.facts.shipTo?.region,
  itemPrice: (s) => major(s.facts, Math.max(...s.facts.lines.map((l) => l.unitPriceMinor + (l.shippingFeeMinor ?? 0)))),
  orderValue: (s) =>
    major(
      s.facts,
      s.facts.lines.reduce((sum, l) => sum + l.quantity * l.unitPriceMinor, 0),
    ),
  maxDeliveryDays: (s) => s.facts.promise?.maxDeliveryDays,
  handlingDays: (s) => handlingDays(s.facts),
  transitDays: (s) => s.facts.promise?.transitDays,
  cutoff: (s) => s.facts.promise?.cutoff,
  placedAt: (s) => s.facts.clocks.placedAt,
  paidAt: (s) => s.facts.clocks.paidAt,
  releasedAt: (s) => s.facts.clocks.releasedAt,
  mustArriveBy: (s) => s.facts.platformDeadlines?.mustArriveBy,
  'violation.kind': (s) => s.incidents.map((incident) => incident.kind),
  'violation.tags': (s) => s.incidents.flatMap((incident) => incident.tags ?? []),
  cancelledBy: (s) => s.order.cancelledBy,
};

/** Compiles a condition; an absent one holds always. `zone` reads dates without a time. */
export function compileCondition(condition: Condition | undefined, zone: string, at: Reporter): Test {
  if (!condition) return always;
  if ('all' in condition) {
    const tests = condition.all.map((part, i) => compileCondition(part, zone, at.at('all', i)));
    return (subject) => tests.every((test) => test(subject));
  }
  if ('any' in condition) {
    const tests = condition.any.map((part, i) => compileCondition(part, zone, at.at('any', i)));
    return (subject) => tests.some((test) => test(subject));
  }
  if ('not' in condition) {
    const test = compileCondition(condition.not, zone, at.at('not'));
    return (subject) => !test(subject);
  }
  return compileFieldTest(condition, zone, at);
}

function compileFieldTest(condition: FieldTest, zone: string, at: Reporter): Test {
  const read = FIELDS[condition.field];
  if (!read) {
    at.at('field').fault(`unknown field: ${String(condition.field)}`, `use one of ${Object.keys(FIELDS).join(', ')}`);
    return always;
  }
  const tests = valueTests(condition, zone, at);
  if (tests.length === 0) at.fault('a condition without a test', 'add is, in, has, exists, lt, lte, gt or gte');
  if (tests.length === 1) return (subject) => tests[0]!(read(subject));
  return (subject) => {
    const value = read(subject);
    return tests.every((test) => test(value));
  };
}

function valueTests(condition: FieldTest, zone: string, at: Reporter): ((value: FieldValue) => boolean)[] {
  const tests: ((value: FieldValue) => boolean)[] = [];
  const { is, in: among, has, exists } = condition;
  if (is !== undefined) tests.push((value) => matches(value, (one) => one === is));
  if (among) tests.push((value) => matches(value, (one) => among.includes(one)));
  if (has !== undefined) tests.push((value) => Array.isArray(value) && value.includes(has));
  if (exists !== undefined) tests.push((value) => (value !== undefined) === exists);
  for (const bound of ['lt', 'lte', 'gt', 'gte'] as const) {
    const limit = condition[bound];
    if (limit === undefined) continue;
    const number = numberOf(limit, condition.field, zone, at.at(bound));
    tests.push((value) => typeof value === 'number' && COMPARE[bound](value, number));
  }
  return tests;
}

function numberOf(limit: Scalar, field: OrderField, zone: string, at: Reporter): number {
  const number = INSTANT_FIELDS.has(field) ? readInstant(String(limit), zone) : Number(limit);
  if (number !== undefined && !Number.isNaN(number) && typeof limit !== 'boolean') return number;
  const mend = INSTANT_FIELDS.has(field) ? 'write a date or an RFC 3339 instant' : 'write a number';
  at.fault(`cannot compare ${field} with ${String(limit)}`, mend);
  return NaN;
}

/** A list field (tags, violation kinds) matches when one of its members does. */
function matches(value: FieldValue, test: (one: Scalar) => boolean): boolean {
  if (value === undefined) return false;
  return typeof value === 'object' ? value.some(test) : test(value);
}

/** Dividing by a power of ten rounds to the double nearest to the decimal, so comparing with a literal stays exact. */
function major(facts: OrderFacts, minor: number): number {
  return minor / 10 ** digitsOf(facts.currency);
}
