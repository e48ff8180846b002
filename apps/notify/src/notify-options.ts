// What the stage is given rather than looks up. `main` reads it from the environment; standalone and tests pass their own.
import type { Clock, Logger, Metrics } from '#platform';
import type { Queues } from '#queue';
import type { DataSource } from '#storage';
import type { RulebookHolder } from '#tracking';
import type { EmailSettings } from './channels/email-channel.js';
import type { WebhookSettings } from './channels/webhook-channel.js';

export interface NotifyOptions {
  /** Connected. Closed by whoever opened it, after the module. */
  readonly dataSource: DataSource;
  readonly queues: Queues;
  readonly rulebooks: RulebookHolder;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly email: EmailSettings;
  readonly webhook: WebhookSettings;
  /** Where people open the page; notices link to it where given. */
  readonly pageUrl?: string;
  /** Notices on their way at the same time. Default 20. */
  readonly concurrency?: number;
  /** Of these, to the same recipient. Default 3. */
  readonly perRecipient?: number;
  /** Should this process die during an attempt, its notices are due again after it; milliseconds of the clock. Default two minutes. */
  readonly leaseMs?: number;
  /** How long an attempt may take from its claim until it is given up; real milliseconds, well below the lease. Default one minute. */
  readonly attemptMs?: number;
  /** For jitter, 0 to 1. Default Math.random. */
  readonly random?: () => number;
}
