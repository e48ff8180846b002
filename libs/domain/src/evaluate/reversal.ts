// What takes a miss back after all: an event that came in time by a limit of its own.
import { limitOf } from '../compile/clock.js';
import type { CompiledReversal, CompiledVersion } from '../compile/compiled.js';
import { happenedAt } from '../compile/happened.js';
import { secondsLate } from '../compile/satisfaction.js';
import type { Instant } from '../events.js';
import type { Due } from './due.js';
import type { Subject } from './subject.js';
import type { Trace } from './trace.js';

/** When a missed deadline was taken back; undefined while it stands. */
export function reversalOf(
  version: CompiledVersion,
  subject: Subject,
  due: Due,
  trace: Trace | undefined,
): Instant | undefined {
  for (const reversal of version.reversals) {
    if (!reversal.when(subject)) continue;
    const at = reversedAt(reversal, subject, due.zone, trace);
    if (at !== undefined) return at;
  }
  return undefined;
}

/** A limit the order does not name reverses nothing. */
function reversedAt(
  { spec, by, test }: CompiledReversal,
  subject: Subject,
  zone: string,
  trace: Trace | undefined,
): Instant | undefined {
  const limit = limitOf(by, subject, undefined);
  if (limit === undefined) return undefined;
  const at = happenedAt(test, subject, undefined);
  const isReversed = at !== undefined && secondsLate(at, limit) <= 0;
  if (trace) {
    const isOver = at !== undefined || secondsLate(subject.context.asOf, limit) > 0;
    const code = isReversed ? 'reversed' : isOver ? 'reversal-failed' : 'reversal-possible';
    const { en, zh } = spec.text;
    trace.add(code, { id: spec.id, event: spec.event, at: at ?? limit, limit, zone, en, zh });
  }
  return isReversed ? at : undefined;
}
