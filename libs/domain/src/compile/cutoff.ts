// Same-day cutoffs: whether a start still counts for its own local day.
import type { Instant } from '../events.js';
import type { LocalDate } from '../local-date.js';
import type { Count } from '../rule.js';
import type { Subject } from '../evaluate/subject.js';
import type { Trace } from '../evaluate/trace.js';
import { toLocal } from '../zone.js';
import { secondOfDay } from './dates.js';
import type { Reporter } from './reporter.js';
import type { Scope } from './scope.js';
import { compileZone } from './zone-choice.js';

type CutoffSpec = NonNullable<Count['cutoff']>;

/** Undefined when the order promises no cutoff and the rule has no default. */
export type CutoffOf = (
  startAt: Instant,
  subject: Subject,
  zone: string,
  trace: Trace | undefined,
) => { readonly date: LocalDate; readonly inTime: boolean } | undefined;

export function compileCutoff(spec: CutoffSpec, scope: Scope, at: Reporter): CutoffOf {
  const zoneOf = spec.zone && compileZone(spec.zone, scope, at.at('zone'));
  const fixed = spec.time === 'promise' ? spec.default : spec.time;
  if (fixed !== undefined && secondOfDay(fixed) === undefined) {
    at.at('time').fault(`not a local time: ${fixed}`, 'write HH:MM, or promise with a default');
  }
  return (startAt, subject, zone, trace) => {
    const time = spec.time === 'promise' ? (subject.facts.promise?.cutoff ?? spec.default) : spec.time;
    const second = time === undefined ? undefined : secondOfDay(time);
    if (time === undefined || second === undefined) return undefined;
    const cutoffZone = zoneOf ? zoneOf(subject, undefined) : zone;
    const local = toLocal(startAt, cutoffZone);
    const inTime = local.secondOfDay < second || (local.secondOfDay === second && spec.at === 'before');
    trace?.add(inTime ? 'before-cutoff' : 'after-cutoff', { at: startAt, zone: cutoffZone, cutoff: time });
    if (spec.buyerSeesMinutesEarlier !== undefined) {
      trace?.add('buyer-sees-cutoff-earlier', { minutes: spec.buyerSeesMinutesEarlier });
    }
    return { date: local.date, inTime };
  };
}
