// Whose zone a clock runs in.
import type { Place } from '../events.js';
import type { ZoneChoice } from '../rule.js';
import type { Subject } from '../evaluate/subject.js';
import type { Trace } from '../evaluate/trace.js';
import { isZone } from '../zone.js';
import { checkedZone } from './dates.js';
import type { Reporter } from './reporter.js';
import type { Scope } from './scope.js';

export type ZoneOf = (subject: Subject, trace: Trace | undefined) => string;

/** Compiles a zone choice. A place without a zone falls back to the market's zone, and the explanation says so. */
export function compileZone(choice: ZoneChoice, scope: Scope, at: Reporter): ZoneOf {
  const { marketZone } = scope.document;
  if (typeof choice === 'object') return fixed(checkedZone(choice.fixed, at.at('fixed')), 'fixed');
  if (choice === 'utc') return fixed('UTC', 'utc');
  if (choice === 'market') return fixed(marketZone, 'market');
  const placeOf = (subject: Subject): Place | undefined =>
    choice === 'ship-from' ? subject.facts.shipFrom : subject.facts.shipTo;
  return (subject, trace) => {
    const zone = placeOf(subject)?.timeZone;
    const known = zone !== undefined && isZone(zone);
    trace?.add(known ? 'zone' : 'zone-assumed', { zone: known ? zone : marketZone, from: choice });
    return known ? zone : marketZone;
  };
}

function fixed(zone: string, from: string): ZoneOf {
  return (_subject, trace) => {
    trace?.add('zone', { zone, from });
    return zone;
  };
}
