// What compiling a part of a rule needs to know of the rulebook around it.
import type { BusinessCalendar, CalendarSource, RulebookDocument } from '../rule.js';
import type { Reporter } from './reporter.js';

export interface Scope {
  readonly document: RulebookDocument;
  readonly calendars: CalendarSource;
}

const NO_REST: BusinessCalendar = {
  id: 'every-day',
  version: 'built in',
  workdays: [1, 2, 3, 4, 5, 6, 7],
  holidays: new Map(),
  extraWorkdays: new Set(),
};

/** The calendar with this id, or one without rest with a fault reported. */
export function calendarOf(scope: Scope, id: string, at: Reporter): BusinessCalendar {
  const calendar = scope.calendars(id);
  if (!calendar) at.fault(`unknown calendar: ${id}`, 'use the id of a calendar that is loaded');
  return calendar ?? NO_REST;
}
