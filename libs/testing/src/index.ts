/**
 * What tests share: the real local services, throw-away databases, names that do not collide, clocks and waiting.
 * Nothing here is imported by production code.
 */
export { type Clock, fixedClock, type ManualClock, manualClock } from './clock.js';
export { Closers } from './closers.js';
export { eventually, type EventuallyOptions } from './eventually.js';
export { type LocalServices, localServices } from './local-services.js';
export { createEmptyDatabase, createTestDatabase, type DatabaseTemplate, type TestDatabase } from './test-database.js';
export { contentHash, migratedTemplate } from './migrated-template.js';
export { SELF_SIGNED } from './self-signed.js';
export { uniqueName } from './unique-name.js';
