import type { ConsumerConfig, KafkaConfig, SASLOptions } from 'kafkajs';
import type { z } from 'zod';
import type { sharedConfig } from '#platform';

type KafkaVariables = Pick<z.output<typeof sharedConfig>, 'KAFKA_BROKERS' | 'KAFKA_TLS' | 'KAFKA_SASL'>;

/** How the apps connect to the cluster their variables name. */
export function kafkaConnection({ KAFKA_BROKERS, KAFKA_TLS, KAFKA_SASL }: KafkaVariables): {
  brokers: string[];
  ssl: boolean;
  sasl: SASLOptions | undefined;
} {
  return { brokers: KAFKA_BROKERS, ssl: KAFKA_TLS, sasl: KAFKA_SASL };
}

/**
 * kafkajs's own settings (backoff to 30 s, requests of 30 s) need 17.7 s to come back after a broker restart; with short
 * steps it takes a few seconds.
 */
export const KAFKA_SETTINGS: Omit<KafkaConfig, 'brokers'> = {
  connectionTimeout: 2_000,
  requestTimeout: 10_000,
  retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 10 },
};

/**
 * For the connections of consumers: they keep trying through a broker restart. A consumer that gave up would come back
 * as a new member, and the group would wait a whole `sessionTimeout` for its former self.
 */
export const CONSUMER_RETRY = { initialRetryTime: 100, maxRetryTime: 1_000, retries: 30 };

/**
 * A member that hangs is replaced after `sessionTimeout`. `rebalanceTimeout` bounds how long a rebalance waits for the
 * batches in flight. `maxWaitTimeInMs` is also how long an idle consumer takes to notice that it may read again.
 */
export const CONSUMER_SETTINGS: Omit<ConsumerConfig, 'groupId'> = {
  sessionTimeout: 10_000,
  rebalanceTimeout: 20_000,
  heartbeatInterval: 1_000,
  maxWaitTimeInMs: 250,
  retry: CONSUMER_RETRY,
};

/** How often Kafka is told where a group stands: a request for each batch would cost as much as a small batch does. */
export const REPORT_MS = 5_000;

/** Pause before a consumer that kafkajs gave up on is opened again. */
export const REOPEN_DELAY_MS = 2_000;

/** How long leaving the group may take once no batch is in flight: without a broker kafkajs would try for 30 s. */
export const LEAVE_MS = 3_000;
