// Fineline on the embedded default: PostgreSQL in a local folder, and every stage in this process.
import type { Clock, Logger, TrustProxy } from '#platform';
import type { TargetPolicy } from '../../notify/src/channels/webhook-target.js';
import { startEmbeddedDatabase } from './embedded-database.js';
import type { Stages } from './stages.js';

export interface StandaloneOptions {
  /** Folder that holds all data. */
  readonly home: string;
  readonly rulebooksDir: string;
  readonly webDir: string;
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** Proxies whose word about a client's address is believed. Default none. */
  readonly trustProxy?: TrustProxy;
  readonly sessionSecret: string;
  /** Cookies only over https. Off for a page served on localhost. */
  readonly secureCookies: boolean;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Where people open the page; notices link to it where given. */
  readonly pageUrl?: string;
  readonly mail: { readonly smtpUrl: string; readonly from: string };
  readonly webhooks: TargetPolicy;
  readonly onStage?: (stage: string) => void;
  /** Real milliseconds between sweeps, and clock milliseconds after which undone work is queued again. */
  readonly sweepIntervalMs?: number;
  readonly requeueAfterMs?: number;
  readonly lateAfterMs?: number;
  /** How long the embedded log keeps what was read. Default seven days. */
  readonly keepLogMs?: number;
}

export interface Standalone extends Stages {
  readonly databaseUrl: string;
}

/** Starts everything; resolves when it takes events and serves the page. */
export async function startStandalone(options: StandaloneOptions): Promise<Standalone> {
  options.onStage?.('starting PostgreSQL');
  // The program is read while the server starts: neither waits for the other.
  const [database, { startStages }] = await Promise.all([startEmbeddedDatabase(options.home), import('./stages.js')]);
  const stages = await startStages(database.url, options);
  const stop = async (): Promise<void> => {
    await stages.stop();
    await database.stop();
  };
  return { ...stages, databaseUrl: database.url, stop };
}
