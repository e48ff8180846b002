import { type LogEntry, logLevel } from 'kafkajs';
import type { Logger } from '#platform';

// What kafkajs calls an error although it goes on by itself: each in-flight heartbeat of a rebalance, each reconnect.
const PASSING =
  /rebalanc|not aware of this member|Connection (error|timeout)|ECONNREFUSED|ECONNRESET|reconnecting|Restarting|coordinator|metadata|Closed connection/i;
const ITS_OWN_RETRY = /Limiting retries for the idempotent producer/;

/** A kafkajs `logCreator` that writes to our log: its info is our debug, its passing trouble is a warning. */
export function kafkaLogCreator(logger: Logger) {
  return () =>
    ({ namespace, level, log }: LogEntry): void => {
      const { message, timestamp: _timestamp, logger: _logger, ...fields } = log;
      // An idempotent producer with bounded retries is safe here: it is thrown away after a failed send.
      if (ITS_OWN_RETRY.test(message)) return;
      logger[ourLevel(level, `${message} ${String(fields.error ?? '')}`)](
        { ...fields, kafka: namespace },
        `kafka: ${message}`,
      );
    };
}

function ourLevel(level: logLevel, text: string): 'error' | 'warn' | 'debug' {
  if (level === logLevel.ERROR) return PASSING.test(text) ? 'warn' : 'error';
  return level === logLevel.WARN ? 'warn' : 'debug';
}
