// The API's part of the environment.
import { onOff, sharedConfig } from '#platform';
import { z } from 'zod';

export const apiConfig = sharedConfig
  .pick({
    DATABASE_URL: true,
    KAFKA_BROKERS: true,
    KAFKA_TLS: true,
    KAFKA_SASL: true,
    KAFKA_PREFIX: true,
    RULEBOOKS_DIR: true,
    HTTP_HOST: true,
    HTTP_PORT: true,
    TRUST_PROXY: true,
    LOG_LEVEL: true,
    SHUTDOWN_GRACE_MS: true,
    INTAKE_MAX_AHEAD_MS: true,
  })
  .extend({
    SESSION_SECRET: z.string().min(32, 'must have at least 32 characters, the same in every replica'),
    SECURE_COOKIES: onOff.default(true),
    WEB_DIR: z.string().default('apps/web/dist'),
    API_POOL_SIZE: z.coerce.number().int().min(2).max(100).default(12),
    INTAKE_URL: z.url().optional(),
    REQUESTS_PER_MINUTE: z.coerce.number().int().min(0).default(1_200),
    STREAMS_PER_TENANT: z.coerce.number().int().min(1).default(100),
    CHANGE_POLL_MS: z.coerce.number().int().min(50).max(60_000).default(1_000),
  });
export type ApiConfig = z.output<typeof apiConfig>;
