// Reads rulebooks, overlays and calendars from files into what the domain compiles. Loading is all or nothing.
export { calendarSource } from './calendars/calendar-source.js';
export { calendarsSchema, readCalendars, type CalendarSpec, type NamedCalendar } from './calendars/calendars-file.js';
export { daysOffFromIcs, type DaysOff } from './calendars/ics.js';
export {
  checkRulebook,
  loadRulebook,
  readRulebookFolder,
  type LoadOptions,
  type RulebookFolder,
} from './load-rulebook.js';
export {
  readOverlayText,
  readRulebooks,
  readRulebookText,
  type ReadFile,
  type ReadRulebooks,
} from './read/read-rulebooks.js';
export { printFaults, RulebookError } from './rulebook-error.js';
export { overlayFileSchema, overlaySchema, rulebookSchema } from './schema/rulebook.js';
export { schemaFiles } from './schema/schema-files.js';
