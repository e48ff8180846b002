// Pure rules: calendars, deadlines, penalties, projection, ladder. No clock, no I/O, no ids made here.
export * from './deadline.js';
export * from './evaluate-types.js';
export * from './events.js';
export * from './money.js';
export * from './rule.js';
export * from './state.js';
