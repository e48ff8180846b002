// Injection tokens of what has no class of its own.
export const DATA_SOURCE = Symbol('data source');
export const EVENT_LOG = Symbol('event log');
export const CLOCK = Symbol('clock');
export const LOGGER = Symbol('logger');
export const LOOP_SETTINGS = Symbol('loop settings');
export const TRANSACTIONS = Symbol('transactions');
export const MAX_AHEAD_MS = Symbol('how far ahead of its arrival an event may have happened');
