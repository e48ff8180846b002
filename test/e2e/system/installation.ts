// An installation of its own on the shared servers: empty database, its own login, topic and queue names.
import { Kafka, logLevel } from 'kafkajs';
import pg from 'pg';
import { TOPICS } from '#contracts';
import type { DataSource, PersonRole } from '#storage';
import { ApiKeyStore, TenantStore, openDataSource, withService } from '#storage';
import type { TestDatabase } from '#testing';
import { createEmptyDatabase, localServices, uniqueName } from '#testing';
import type { Variables } from './app-process.js';
import { AppProcess } from './app-process.js';

export const TENANT = 'acme';

export class Installation {
  private constructor(
    private readonly database: TestDatabase,
    private readonly login: string,
    /** Of the service role's tables; for looking, and for what an administrator does. */
    readonly dataSource: DataSource,
    readonly variables: Variables,
  ) {}

  /** Migrates with the command line as the database's owner; the apps get a login without any right of its own. */
  static async create(): Promise<Installation> {
    const services = localServices();
    const database = await createEmptyDatabase();
    const login = uniqueName('app');
    await statement(database.url, `CREATE ROLE ${login} LOGIN PASSWORD 'app'`);
    const owner = { DATABASE_URL: database.url, MIGRATE_GRANT_TO: login };
    const { code, output } = await AppProcess.run('bin/fineline.mjs', ['migrate'], owner).ended();
    if (code !== 0) throw new Error(`fineline migrate failed:\n${output}`);
    const url = Object.assign(new URL(database.url), { username: login, password: 'app' }).href;
    const dataSource = await openDataSource(url, { poolSize: 4 });
    return new Installation(database, login, dataSource, {
      DATABASE_URL: url,
      KAFKA_BROKERS: services.kafkaBrokers.join(','),
      KAFKA_PREFIX: `${login}.`,
      REDIS_URL: services.redisUrl,
      QUEUE_PREFIX: login,
    });
  }

  /** A key of the test's tenant, which is made when it is new. */
  key(role: PersonRole): Promise<string> {
    return withService(this.dataSource, async (transaction) => {
      await new TenantStore().ensure(transaction, {
        tenantId: TENANT,
        name: 'Acme Inc.',
        timeZone: 'America/New_York',
      });
      return new ApiKeyStore().create(transaction, { tenantId: TENANT, name: 'Desk', role }, 'test');
    });
  }

  rows<Row>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    return withService(this.dataSource, (transaction) => transaction.rows<Row>(sql, parameters));
  }

  async count(fromAndWhere: string): Promise<number> {
    const [row] = await this.rows<{ n: number }>(`SELECT count(*)::int AS n FROM ${fromAndWhere}`);
    return row!.n;
  }

  async remove(): Promise<void> {
    await this.dataSource.destroy();
    await this.database.drop();
    await statement(localServices().postgresUrl, `DROP ROLE ${this.login}`);
    await this.removeTopics();
  }

  private async removeTopics(): Promise<void> {
    const brokers = localServices().kafkaBrokers;
    const admin = new Kafka({ brokers, clientId: 'end-to-end', logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    const all = await admin.listTopics();
    const own = Object.values(TOPICS).map((topic) => `${this.login}.${topic}`);
    await admin.deleteTopics({ topics: own.filter((topic) => all.includes(topic)) });
    await admin.disconnect();
  }
}

async function statement(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
