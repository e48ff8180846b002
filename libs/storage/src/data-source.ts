// The connection pool. Statements on the hot path are plain SQL through `Transaction`; entities serve what people administer.
import 'reflect-metadata';
import { DataSource } from 'typeorm';
import type { Logger } from '#platform';
import { ENTITIES } from './entities/index.js';
import { databaseError } from './database-error.js';
import { MIGRATIONS } from './migrations/index.js';

export interface DataSourceSettings {
  /** Most connections; 1 more batch than that waits. Default 8. */
  readonly poolSize?: number;
  /** Shown in `pg_stat_activity`. */
  readonly applicationName?: string;
  /** Told about connections that broke while idle; the pool replaces them. */
  readonly onPoolError?: (error: Error) => void;
}

/** A pool on `url`, not yet connected. */
export function createDataSource(url: string, settings: DataSourceSettings = {}): DataSource {
  return new DataSource({
    type: 'postgres',
    url,
    poolSize: settings.poolSize ?? 8,
    applicationName: settings.applicationName ?? 'fineline',
    connectTimeoutMS: 10_000,
    entities: ENTITIES,
    migrations: MIGRATIONS,
    migrationsTableName: 'schema_migration',
    installExtensions: false,
    logging: false,
    // A pool without a listener ends the process when an idle connection is terminated.
    poolErrorHandler: settings.onPoolError ?? (() => undefined),
  });
}

/** Connects; a server that is not there is a retryable AppError. */
export async function openDataSource(url: string, settings: DataSourceSettings = {}): Promise<DataSource> {
  const dataSource = createDataSource(url, settings);
  try {
    return await dataSource.initialize();
  } catch (error) {
    throw databaseError(error);
  }
}

/** The pool of an app's process. Connections that break while idle are logged. */
export function openAppDataSource(
  url: string,
  { app, logger, poolSize }: { readonly app: string; readonly logger: Logger; readonly poolSize?: number },
): Promise<DataSource> {
  return openDataSource(url, {
    applicationName: `fineline-${app}`,
    poolSize,
    onPoolError: (error) => logger.warn({ err: error }, 'an idle connection was lost'),
  });
}
