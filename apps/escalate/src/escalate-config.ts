// The environment of `escalate`.
import { sharedConfig } from '#platform';
import { z } from 'zod';

export const escalateConfig = sharedConfig
  .pick({
    DATABASE_URL: true,
    REDIS_URL: true,
    QUEUE_PREFIX: true,
    RULEBOOKS_DIR: true,
    HTTP_HOST: true,
    HTTP_PORT: true,
    LOG_LEVEL: true,
    SHUTDOWN_GRACE_MS: true,
  })
  .extend({
    ESCALATE_SWEEP_INTERVAL_MS: z.coerce.number().int().min(20).max(60_000).default(1_000),
    ESCALATE_LOT_SIZE: z.coerce.number().int().min(1).max(10_000).default(1_000),
    ESCALATE_REQUEUE_AFTER_MS: z.coerce.number().int().min(1_000).max(3_600_000).default(60_000),
    ESCALATE_CONCURRENCY: z.coerce.number().int().min(1).max(64).default(4),
    ESCALATE_BACKLOG_RECORDS: z.coerce.number().int().min(0).default(5_000),
    ESCALATE_MAX_HOLD_MS: z.coerce.number().int().min(0).max(3_600_000).default(120_000),
  });
