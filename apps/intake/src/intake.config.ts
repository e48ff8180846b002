// Variables of the intake app.
import { z } from 'zod';
import { MAX_AHEAD_BY_DEFAULT, sharedConfig } from '#platform';
import type { BodyLimits } from './body-room.js';

const positive = z.coerce.number().int().min(1);

export const intakeConfig = sharedConfig
  .pick({
    DATABASE_URL: true,
    KAFKA_BROKERS: true,
    KAFKA_TLS: true,
    KAFKA_SASL: true,
    KAFKA_PREFIX: true,
    HTTP_HOST: true,
    HTTP_PORT: true,
    TRUST_PROXY: true,
    LOG_LEVEL: true,
    SHUTDOWN_GRACE_MS: true,
    INTAKE_MAX_AHEAD_MS: true,
  })
  .extend({
    INTAKE_EVENTS_PER_SECOND: positive.default(5_000).meta({ description: 'events a tenant may send, sustained' }),
    INTAKE_BURST_EVENTS: positive.default(20_000).meta({ description: 'events a tenant may send at once' }),
    INTAKE_KEY_CACHE_MS: z.coerce.number().int().min(0).max(60_000).default(5_000).meta({
      description: 'how long a key stays good after it was last checked; a revoked key works this much longer',
    }),
    INTAKE_STRANGERS_PER_MINUTE: z.coerce.number().int().min(0).default(1_200).meta({
      description:
        'requests of one address without a key, and with keys and endpoints that prove wrong; 0 for no limit',
    }),
    INTAKE_APPEND_TIMEOUT_MS: positive.default(15_000).meta({ description: 'longest wait for the log before 503' }),
    INTAKE_REQUEST_TIMEOUT_MS: positive.default(30_000).meta({ description: 'longest time a sender may take to send' }),
  });

/** The part of the configuration that the module itself needs; defaults suit the embedded form. */
export interface IntakeSettings {
  readonly eventsPerSecond: number;
  readonly burstEvents: number;
  readonly maxAheadMs: number;
  readonly keyCacheMs: number;
  /** Requests a minute of one address that may be anybody's; 0 for no limit. */
  readonly strangersPerMinute: number;
  readonly appendTimeoutMs: number;
  /** Bytes of bodies that are read and worked on at the same time. */
  readonly bodies: BodyLimits;
}

const MIB = 1_048_576;

export function intakeSettings(config: Partial<z.output<typeof intakeConfig>> = {}): IntakeSettings {
  return {
    eventsPerSecond: config.INTAKE_EVENTS_PER_SECOND ?? 5_000,
    burstEvents: config.INTAKE_BURST_EVENTS ?? 20_000,
    maxAheadMs: config.INTAKE_MAX_AHEAD_MS ?? MAX_AHEAD_BY_DEFAULT,
    keyCacheMs: config.INTAKE_KEY_CACHE_MS ?? 5_000,
    strangersPerMinute: config.INTAKE_STRANGERS_PER_MINUTE ?? 1_200,
    appendTimeoutMs: config.INTAKE_APPEND_TIMEOUT_MS ?? 15_000,
    bodies: { all: 256 * MIB, ofTenant: 64 * MIB },
  };
}
