// Checks of point balances, and of the effects of rules that put points into them.
import type { CalendarSource, EffectSpec, PointsDefinition, RulebookDocument } from '../rule.js';
import { checkSources } from './check-rulebook.js';
import type { CompiledPoints } from './compiled.js';
import { secondOfDay } from './dates.js';
import type { Reporter } from './reporter.js';
import { compileZone } from './zone-choice.js';

export function checkedPoints(document: RulebookDocument, calendars: CalendarSource, at: Reporter): CompiledPoints[] {
  const definitions = document.points ?? [];
  definitions.forEach((definition, i) => {
    const place = at.at('points', i);
    if (definitions.findIndex(({ id }) => id === definition.id) < i)
      place.at('id').fault(`points ${definition.id} twice`, 'name each balance once');
    compileZone(definition.zone, { document, calendars }, place.at('zone'));
    checkLapse(definition, place.at('lapses'));
    checkMilestones(definition, place.at('milestones'));
    checkSources(definition.sources, document, place.at('sources'));
  });
  checkEffects(document, at);
  return definitions.map((definition) => ({ definition, document }));
}

function checkLapse({ lapses }: PointsDefinition, at: Reporter): void {
  if (!lapses) return;
  const { days, endOfDay = 'same-time' } = lapses;
  if (!(Number.isInteger(days) && days > 0))
    at.at('days').fault(`points that lapse after ${days} days`, 'use 1 or more');
  if (endOfDay !== 'same-time' && secondOfDay(endOfDay) === undefined)
    at.at('endOfDay').fault(`not a local time: ${endOfDay}`, 'write same-time, HH:MM or HH:MM:SS');
}

/** A milestone the balance has before any point is given would hold for every shop. */
function checkMilestones({ milestones, start = 0, counts }: PointsDefinition, at: Reporter): void {
  milestones.forEach((milestone, i) => {
    const place = at.at(i, 'at');
    if (counts === 'down' ? milestone.at >= start : milestone.at <= start)
      place.fault(`milestone ${milestone.at} holds from the start (${start})`, 'check start, counts and the milestone');
    if (milestones.findIndex((other) => other.at === milestone.at) < i)
      place.fault(`milestone ${milestone.at} twice`, 'write its effects in one place');
  });
}

function checkEffects(document: RulebookDocument, at: Reporter): void {
  const known = new Set((document.points ?? []).map(({ id }) => id));
  document.rules.forEach((rule, r) =>
    rule.versions.forEach((version, v) =>
      version.effects?.forEach((effect, e) =>
        checkEffect(effect, known, at.at('rules', r, 'versions', v, 'effects', e)),
      ),
    ),
  );
  document.rates?.forEach((rate, r) =>
    rate.bands.forEach((band, b) =>
      band.effects.forEach((effect, e) => {
        if (effect.balance === undefined) return;
        const place = at.at('rates', r, 'bands', b, 'effects', e, 'balance');
        place.fault('points of a rate cannot be counted', 'only missed deadlines of rules put points into a balance');
      }),
    ),
  );
}

function checkEffect(effect: EffectSpec, known: ReadonlySet<string>, at: Reporter): void {
  const { balance, kind, values } = effect;
  if (balance === undefined) return;
  if (kind !== 'points') at.at('balance').fault(`a balance of ${kind}`, 'only effects of kind points have one');
  if (!known.has(balance))
    at.at('balance').fault(`unknown points: ${balance}`, 'name a balance under `points` of this rulebook');
  const points = values?.['points'];
  if (!(typeof points === 'number' && Number.isInteger(points) && points > 0))
    at.at('values', 'points').fault('points that are not counted', 'write values: { points: 2 } with a whole number');
}
