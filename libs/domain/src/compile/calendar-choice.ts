// Which days are worked for an order: the rule's calendar (by table where states differ), less days off of seller or warehouse.
import type { BusinessCalendar, CalendarChoice, Count, DayOff } from '../rule.js';
import type { DaysOff } from '../evaluate-types.js';
import type { Subject } from '../evaluate/subject.js';
import { compileCondition } from './condition.js';
import type { Reporter } from './reporter.js';
import { calendarOf, type Scope } from './scope.js';

export type CalendarOf = (subject: Subject) => BusinessCalendar;

const rested = new WeakMap<BusinessCalendar, WeakMap<DaysOff, BusinessCalendar>>();

export function compileCalendar(count: Count, scope: Scope, at: Reporter): CalendarOf {
  const chosen = compileChoice(count.calendar ?? scope.document.calendar, scope, at.at('calendar'));
  const owners = count.daysOff ?? [];
  if (owners.length === 0) return chosen;
  return (subject) => owners.reduce((calendar, owner) => withDaysOff(calendar, owner, subject), chosen(subject));
}

function compileChoice(choice: CalendarChoice, scope: Scope, at: Reporter): CalendarOf {
  if (typeof choice === 'string') {
    const calendar = calendarOf(scope, choice, at);
    return () => calendar;
  }
  const otherwise = calendarOf(scope, choice.default, at.at('default'));
  const rows = choice.table.map((row, i) => ({
    test: compileCondition(row.when, scope.document.marketZone, at.at('table', i, 'when')),
    calendar: calendarOf(scope, row.value, at.at('table', i, 'value')),
  }));
  return (subject) => rows.find((row) => row.test(subject))?.calendar ?? otherwise;
}

function withDaysOff(calendar: BusinessCalendar, owner: 'seller' | 'warehouse', subject: Subject): BusinessCalendar {
  const id = owner === 'seller' ? subject.facts.sellerId : subject.facts.warehouseId;
  const off = id === undefined ? undefined : subject.context.daysOff?.(owner, id);
  if (!off || off.days.size === 0) return calendar;
  let byDays = rested.get(calendar);
  if (!byDays) rested.set(calendar, (byDays = new WeakMap()));
  let merged = byDays.get(off);
  if (!merged) byDays.set(off, (merged = restOn(calendar, off, owner, id!)));
  return merged;
}

function restOn(calendar: BusinessCalendar, off: DaysOff, owner: 'seller' | 'warehouse', id: string): BusinessCalendar {
  const added = [...off.days].map(([day, what]): [string, DayOff] => [
    day,
    { why: `${owner}-day-off`, name: what === '' ? id : `${id}: ${what}` },
  ]);
  const daysOff = new Map([...(calendar.daysOff ?? []), ...added]);
  return {
    ...calendar,
    id: `${calendar.id} + ${owner} ${id}`,
    version: `${calendar.version}, ${off.version}`,
    daysOff,
  };
}
