// JSON logs. One line per thing that happened, with ids; secrets are redacted wherever they appear.
import type { LoggerService } from '@nestjs/common';
import { pino } from 'pino';
import type { Logger } from 'pino';

export type { Logger } from 'pino';

const SECRETS = [
  'secret',
  'password',
  'authorization',
  'apiKey',
  '*.secret',
  '*.password',
  '*.authorization',
  '*.apiKey',
  'headers.authorization',
  'headers.cookie',
];

/** A pino logger whose lines carry `app`. Writes to standard output. */
export function createLogger(app: string, level = 'info'): Logger {
  return pino({
    level,
    base: { app },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: SECRETS, censor: '[redacted]' },
  });
}

/** Lets Nest log through pino: its own start-up chatter goes to debug, problems keep their level. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...context: unknown[]): void {
    this.logger.debug({ context }, String(message));
  }
  error(message: unknown, ...context: unknown[]): void {
    this.logger.error({ context, err: message instanceof Error ? message : undefined }, String(message));
  }
  warn(message: unknown, ...context: unknown[]): void {
    this.logger.warn({ context }, String(message));
  }
  debug(message: unknown, ...context: unknown[]): void {
    this.logger.trace({ context }, String(message));
  }
  verbose(message: unknown, ...context: unknown[]): void {
    this.logger.trace({ context }, String(message));
  }
}
