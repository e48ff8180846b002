import { z } from 'zod';
import { sharedConfig } from '#platform';
import { SHORTEST_CLOSED_DAYS } from '#tracking';
import { TRANSACTIONS_BY_DEFAULT } from './track.module.js';

/** The environment of `track`. */
export const trackConfig = sharedConfig
  .pick({
    DATABASE_URL: true,
    KAFKA_BROKERS: true,
    KAFKA_TLS: true,
    KAFKA_SASL: true,
    KAFKA_PREFIX: true,
    RULEBOOKS_DIR: true,
    HTTP_HOST: true,
    HTTP_PORT: true,
    LOG_LEVEL: true,
    SHUTDOWN_GRACE_MS: true,
    INTAKE_MAX_AHEAD_MS: true,
  })
  .extend({
    TRACK_BATCH_SIZE: z.coerce.number().int().min(1).max(10_000).default(TRANSACTIONS_BY_DEFAULT.maxRecords),
    TRACK_TRANSACTIONS_AT_ONCE: z.coerce.number().int().min(1).max(64).default(TRANSACTIONS_BY_DEFAULT.atOnce),
    /** 0 keeps evidence and decisions for ever. */
    TRACK_KEEP_DAYS: z.coerce.number().int().min(0).max(36_500).default(0),
    /** 0 closes no order. */
    TRACK_CLOSED_DAYS: z.coerce
      .number()
      .int()
      .min(0)
      .max(36_500)
      .refine((days) => days === 0 || days >= SHORTEST_CLOSED_DAYS, `must be 0 or at least ${SHORTEST_CLOSED_DAYS}`)
      .default(0),
    TRACK_ARCHIVE_DIR: z.string().min(1).optional(),
    TRACK_RATE_REFRESH_MS: z.coerce.number().int().min(1_000).max(86_400_000).default(60_000),
  });

export type TrackConfig = z.output<typeof trackConfig>;
