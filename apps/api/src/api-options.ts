// What the API is given rather than looks up. `main` reads it from the environment; standalone and tests pass their own.
import type { EventLog } from '#log';
import type { Clock, Logger, Metrics, Readiness, TrustProxy } from '#platform';
import type { DataSource } from '#storage';
import type { RulebookHolder } from '#tracking';

export interface ApiOptions {
  readonly dataSource: DataSource;
  /** Where replayed events go. */
  readonly log: EventLog;
  readonly rulebooks: RulebookHolder;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly readiness: Readiness;
  readonly metrics: Metrics;
  /** Signs session cookies; at least 32 characters, the same in every replica. */
  readonly sessionSecret: string;
  /** Cookies only over https. Off for a page served on localhost. */
  readonly secureCookies: boolean;
  /** Folder of the built page; without one only the API is served. */
  readonly webDir?: string;
  /** Where people send events, shown on the page; the page's own address where absent. */
  readonly intakeUrl?: string;
  /** Proxies whose word about a client's address is believed; none where absent. */
  readonly trustProxy?: TrustProxy;
  /** Requests a minute of one key or session, and from one address without either; 0 switches all limits off. */
  readonly requestsPerMinute: number;
  /** Open change streams of one tenant in this process. */
  readonly streamsPerTenant: number;
  readonly changePollMs: number;
  /** How far in the future a replayed event may claim to have happened: the limit of intake. */
  readonly maxAheadMs: number;
}

export const API_OPTIONS = Symbol('api options');
