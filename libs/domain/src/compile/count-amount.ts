// How many units a clock counts: a number, a promise of the order, or the first matching row of a table.
import type { OrderFacts } from '../events.js';
import type { CountAmount } from '../rule.js';
import type { Subject } from '../evaluate/subject.js';
import type { Trace } from '../evaluate/trace.js';
import { handlingDays } from '../evaluate/promise.js';
import { compileCondition } from './condition.js';
import type { Reporter } from './reporter.js';
import type { Scope } from './scope.js';

/** Undefined when the order lacks the promise, or no row matches, and the rule has no default. */
export type AmountOf = (subject: Subject, trace: Trace | undefined) => number | undefined;
type Promised = Extract<CountAmount, { promise: string }>;

export function compileAmount(amount: CountAmount, scope: Scope, at: Reporter): AmountOf {
  if (typeof amount === 'number') return () => amount;
  if ('promise' in amount) return (subject, trace) => promised(amount, subject, trace);
  const { marketZone } = scope.document;
  const rows = amount.table.map((row, i) => ({
    test: compileCondition(row.when, marketZone, at.at('table', i, 'when')),
    value: row.value,
  }));
  return (subject, trace) => {
    const index = rows.findIndex((row) => row.test(subject));
    const value = rows[index]?.value ?? amount.default;
    if (value !== undefined) trace?.add('count-from-table', { row: index + 1, value });
    return value;
  };
}

function promised(amount: Promised, subject: Subject, trace: Trace | undefined): number | undefined {
  const days = promisedDays(amount.promise, subject.facts);
  const base = days ?? amount.default;
  if (base === undefined) return undefined;
  const value = base + (amount.plus ?? 0);
  trace?.add(days === undefined ? 'count-default' : 'count-promised', { promise: amount.promise, value });
  return value;
}

function promisedDays(promise: Promised['promise'], facts: OrderFacts): number | undefined {
  if (promise !== 'handlingDays+transitDays')
    return promise === 'handlingDays' ? handlingDays(facts) : facts.promise?.[promise];
  const handling = handlingDays(facts);
  const transit = facts.promise?.transitDays;
  return handling === undefined || transit === undefined ? undefined : handling + transit;
}
