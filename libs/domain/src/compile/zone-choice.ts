// Whose zone a clock runs in.
import type { Place } from '../events.js';
import type { ZoneChoice } from '../rule.js';
import type { Subject } from '../evaluate/subject.js';
import type { Trace } from '../evaluate/trace.js';
import { zoneOfPlace } from '../place-zone.js';
import { isZone } from '../zone.js';
import { checkedZone } from './dates.js';
import type { Reporter } from './reporter.js';
import type { Scope } from './scope.js';

export type ZoneOf = (subject: Subject, trace: Trace | undefined) => string;

/** Compiles a zone choice. A place without a zone is looked up by its region or country,
 * else the market's zone is taken; the explanation says which. */
export function compileZone(choice: ZoneChoice, scope: Scope, at: Reporter): ZoneOf {
  const { marketZone } = scope.document;
  if (typeof choice === 'object') return fixed(checkedZone(choice.fixed, at.at('fixed')), 'fixed');
  if (choice === 'utc') return fixed('UTC', 'utc');
  if (choice === 'market') return fixed(marketZone, 'market');
  const placeOf = (subject: Subject): Place | undefined =>
    choice === 'ship-from' ? subject.facts.shipFrom : subject.facts.shipTo;
  return (subject, trace) => zoneAt(placeOf(subject), choice, marketZone, trace);
}

function zoneAt(place: Place | undefined, from: string, marketZone: string, trace: Trace | undefined): string {
  const stated = place?.timeZone;
  const known = stated !== undefined && isZone(stated);
  const derived = known || place === undefined ? undefined : zoneOfPlace(place);
  const zone = (known ? stated : derived) ?? marketZone;
  trace?.add(known ? 'zone' : derived ? 'zone-of-place' : 'zone-assumed', { zone, from, ...placeText(place) });
  return zone;
}

function placeText(place: Place | undefined): { place?: string } {
  return place ? { place: [place.region, place.country].filter(Boolean).join(', ') } : {};
}

function fixed(zone: string, from: string): ZoneOf {
  return (_subject, trace) => {
    trace?.add('zone', { zone, from });
    return zone;
  };
}
