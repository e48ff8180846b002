// What every app needs and no stage owns: configuration, logs, errors, time, metrics, health, shutdown.
export * from './all-ended.js';
export * from './app-process.js';
export * from './client-network.js';
export * from './clock.js';
export * from './config.js';
export * from './described.js';
export * from './errors.js';
export * from './health.js';
export * from './logger.js';
export * from './metrics.js';
export * from './problem-details.js';
export * from './request-limits.js';
export * from './shutdown.js';
export { type TrustProxy } from './trust-proxy.js';
