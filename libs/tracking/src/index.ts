// State in, verdicts out: loads what events or time touch, asks the domain, writes back set-based. Used by track (events), escalate
// (time passing) and api (waivers, recompute).
export * from './days-off-service.js';
export * from './decisions.js';
export * from './drift-service.js';
export * from './evaluator.js';
export * from './judged-lots.js';
export * from './late-judgement.js';
export * from './order-closer.js';
export * from './rate-service.js';
export * from './recompute-service.js';
export * from './rulebook-holder.js';
export * from './tenant-events.js';
export { TenantFactsLoader } from './tenant-facts.js';
export * from './tracked-event.js';
export * from './tracking-service.js';
