/**
 * The event log: one port, on Kafka or on a Postgres table, and the Nest transport that feeds batches to handlers.
 * Nothing above this lib knows which log is running.
 */
export { StaleOwnerError } from './errors.js';
export type {
  Claim,
  EventLog,
  LogBatch,
  LogConsumer,
  LogConsumerOptions,
  LogGap,
  LogRecord,
  OffsetSource,
  RawHeader,
  RetryPolicy,
  StoredRecord,
  TopicSpec,
} from './event-log.js';
export {
  EventLogServer,
  type EventLogServerOptions,
  LogBatchContext,
  OnLogBatch,
  PassErrorToLog,
} from './event-log-server.js';
export { headerProblem } from './headers.js';
export { partitionFor } from './partition.js';
export { EVENT_LOG_DDL } from './postgres/event-log-ddl.js';
export { prefixedEventLog } from './prefixed-event-log.js';
export { PostgresEventLog, type PostgresEventLogOptions } from './postgres/postgres-event-log.js';
