export * from './common.js';
export * from './days-off.js';
export * from './deadlines.js';
export * from './escalations.js';
export * from './orders.js';
export * from './overview.js';
export * from './rules.js';
