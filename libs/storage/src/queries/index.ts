// What people read and command, each inside `asPerson`: row-level security decides which rows exist for them.
export * from './changes.js';
export { BadCursor } from './cursor.js';
export { type DeadlineFilter, type StoredDeadlineRow, hasDeadline, listDeadlines } from './deadlines.js';
export * from './escalation-commands.js';
export { type EscalationFilter, type StoredEscalationRow, listEscalations } from './escalations.js';
export { type CliffFilter, type ExposureFilter, cliffs, exposure } from './exposure.js';
export * from './feeds.js';
export type { Page } from './filters.js';
export * from './held.js';
export * from './money-records.js';
export * from './orders.js';
export * from './owners.js';
export * from './parcels.js';
export * from './people.js';
