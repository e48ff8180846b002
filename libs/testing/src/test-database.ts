import pg from 'pg';
import { localServices } from './local-services.js';
import { migratedTemplate } from './migrated-template.js';
import { uniqueName } from './unique-name.js';

export interface TestDatabase {
  url: string;
  /** Ends every session in it, so a forgotten pool does not keep it alive (its pool then needs an `error` listener). */
  drop(): Promise<void>;
}

/** What a fresh test database starts with. It is made once per `version` and then copied, which takes some 50 ms. */
export interface DatabaseTemplate {
  /** Names the content: a hash of whatever `prepare` runs. Characters [a-z0-9_]. */
  version: string;
  prepare(url: string): Promise<void>;
}

/** A database of its own for one test file, with the schema of `#storage` unless another template is given. */
export async function createTestDatabase(template: DatabaseTemplate = migratedTemplate()): Promise<TestDatabase> {
  return withMaintenance(async (client) => createCopyOf(client, await ensureTemplate(client, template)));
}

export async function createEmptyDatabase(): Promise<TestDatabase> {
  return withMaintenance((client) => createCopyOf(client, 'template0'));
}

async function createCopyOf(client: pg.Client, template: string): Promise<TestDatabase> {
  const name = uniqueName('fineline_test');
  await client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
  const drop = () => withMaintenance((dropper) => dropDatabase(dropper, name));
  return { url: urlOf(name), drop };
}

// One lock for every template: migrations may also create cluster-wide things such as roles.
const templateLock = 7_305_190_611;

async function ensureTemplate(client: pg.Client, { version, prepare }: DatabaseTemplate): Promise<string> {
  const name = `fineline_template_${version}`;
  await client.query('SELECT pg_advisory_lock($1)', [templateLock]);
  try {
    const known = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (known.rowCount === 0) await buildTemplate(client, name, prepare);
    return name;
  } finally {
    await client.query('SELECT pg_advisory_unlock($1)', [templateLock]);
  }
}

/** Built under another name and renamed: a half prepared template of a killed test run is never copied. */
async function buildTemplate(client: pg.Client, name: string, prepare: DatabaseTemplate['prepare']): Promise<void> {
  const building = `${name}_building`;
  await dropDatabase(client, building);
  await client.query(`CREATE DATABASE ${building} TEMPLATE template0`);
  await prepare(urlOf(building));
  await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [building]);
  await client.query(`ALTER DATABASE ${building} RENAME TO ${name}`);
}

async function dropDatabase(client: pg.Client, name: string): Promise<void> {
  await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
}

function urlOf(database: string): string {
  const url = new URL(localServices().postgresUrl);
  url.pathname = `/${database}`;
  return url.href;
}

async function withMaintenance<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: localServices().postgresUrl });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
