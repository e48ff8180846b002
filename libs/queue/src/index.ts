// The queue that reminds: typed BullMQ queues on Redis or on PostgreSQL. It may be lost at any time; Postgres decides.
export { type QueueServer } from './backend.js';
export * from './job-queue.js';
export * from './jobs.js';
export { LEAST_URGENT, priorityOf } from './priority.js';
export { GiveUp, type Handler, type JobContext, Postpone } from './processor.js';
export * from './queues.js';
