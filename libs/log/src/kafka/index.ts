/** The event log on Kafka, apart from its port: the embedded default reads none of it. */
export { KafkaEventLog, type KafkaEventLogOptions } from './kafka-event-log.js';
export { kafkaConnection } from './kafka-settings.js';
