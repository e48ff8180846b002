// What the module is given from outside.
export const DATA_SOURCE = Symbol('intake.data-source');
export const EVENT_LOG = Symbol('intake.event-log');
export const CLOCK = Symbol('intake.clock');
export const LOGGER = Symbol('intake.logger');
export const SETTINGS = Symbol('intake.settings');
export const API_KEYS = Symbol('intake.api-keys');
