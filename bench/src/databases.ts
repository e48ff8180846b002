// A fresh database for every run: nobody meets the pages, the statistics or the bloat of whoever ran before.
import pg from 'pg';
import { EVENT_LOG_DDL } from '#log';
import { migrate } from '#storage';

const TEMPLATE = 'bench_template';

export async function withClient<Result>(url: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Migrates a template once; `withDatabase` copies it. */
export async function prepareTemplate(serverUrl: string): Promise<void> {
  await withClient(serverUrl, (client) => client.query(`CREATE DATABASE ${TEMPLATE}`));
  await migrate(databaseUrl(serverUrl, TEMPLATE));
  await withClient(databaseUrl(serverUrl, TEMPLATE), (client) => client.query(EVENT_LOG_DDL));
}

let made = 0;

/** Runs `work` on a new database with or without our schema, and drops it. */
export async function withDatabase<Result>(
  serverUrl: string,
  schema: 'ours' | 'empty',
  work: (url: string) => Promise<Result>,
): Promise<Result> {
  const name = `bench_${process.pid}_${++made}`;
  await withClient(serverUrl, async (client) => {
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${schema === 'ours' ? TEMPLATE : 'template0'}`);
    // What the run before left to be written must not be charged to this one.
    await client.query('CHECKPOINT');
  });
  try {
    return await work(databaseUrl(serverUrl, name));
  } finally {
    await withClient(serverUrl, (client) => client.query(`DROP DATABASE ${name} WITH (FORCE)`));
  }
}

function databaseUrl(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}
