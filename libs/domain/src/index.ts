// Pure rules: calendars, deadlines, penalties, projection, ladder. No clock, no I/O, no ids made here.
export * from './business-days.js';
export * from './currency.js';
export * from './deadline.js';
export * from './decimal.js';
export * from './evaluate-types.js';
export * from './events.js';
export * from './evidence.js';
export * from './fold/facts.js';
export * from './fold/order.js';
export * from './fold/parcel.js';
export * from './local-date.js';
export * from './money.js';
export * from './rule.js';
export * from './state.js';
export * from './zone.js';
