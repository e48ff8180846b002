// One unit of work as one of the two database roles. Everything the stores do happens inside one of these.
import { finished } from 'node:stream/promises';
import type { Readable, Writable } from 'node:stream';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import type { PoolClient, QueryResult } from 'pg';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { allEnded } from '#platform';
import { databaseError } from './database-error.js';

export type PersonRole = 'ops' | 'seller' | 'warehouse';

/** Who asks: from an API key. A seller needs `sellerId`, a warehouse `warehouseId`, else row-level security shows nothing. */
export interface Identity {
  readonly tenantId: string;
  readonly role: PersonRole;
  readonly sellerId?: string;
  readonly warehouseId?: string;
  /** For the audit trail. */
  readonly name: string;
}

/** With what the driver's types leave out. */
type Connection = PoolClient & { pipeline: boolean; readonly connection: { readonly stream: Writable } };

/** Statements of a running transaction. */
export class Transaction {
  private togethers = 0;

  /** `isPrepared`: each statement is parsed once for a connection, under a name of its own, and planned now and then. */
  constructor(
    private readonly runner: QueryRunner,
    private readonly client: Connection,
    private readonly isPrepared = false,
  ) {}

  /** TypeORM's repositories within this transaction. */
  get manager(): EntityManager {
    return this.runner.manager;
  }

  /** Rows of a SELECT or of a RETURNING. Parameters are `$1`, `$2`, …; Date, Buffer and arrays are passed as they are. */
  async rows<Row>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    return (await this.query(sql, parameters)).rows as Row[];
  }

  /** The number of rows a statement changed. */
  async run(sql: string, parameters: readonly unknown[] = []): Promise<number> {
    return (await this.query(sql, parameters)).rowCount ?? 0;
  }

  /**
   * Statements that do not need each other's answers: all are sent at once and done in this order. For a small batch sending and being
   * answered is what a statement costs. Throws the first error; the others then have failed with it. No `copy` among them: the driver refuses it.
   */
  async together<Results extends readonly unknown[]>(
    work: readonly [...{ [At in keyof Results]: () => Promise<Results[At]> }],
  ): Promise<Results> {
    this.pipeline(+1);
    const { stream } = this.client.connection;
    stream.cork();
    // Async, so that one that throws before it has sent anything is a rejection like any other.
    const answers = work.map(async (each) => each());
    stream.uncork();
    return (await allEnded(answers).finally(() => this.pipeline(-1))) as unknown as Results;
  }

  /** The driver's pipeline mode, for as long as it takes: COPY does without. Nothing is on its way when it is turned on or off. */
  private pipeline(change: 1 | -1): void {
    this.togethers += change;
    this.client.pipeline = this.togethers > 0;
  }

  /** Appends rows in binary COPY format (`CopyRows`) to `target`, a table with its columns. PostgreSQL refuses it under row-level security. */
  async copy(target: string, rows: Buffer): Promise<void> {
    const stream = this.client.query(copyFrom(`COPY ${target} FROM STDIN WITH (FORMAT binary)`));
    stream.end(rows);
    await finished(stream);
  }

  /** Rows of a query of one text column, as lines. No parameters: COPY takes none. Read it to its end before the transaction goes on. */
  copyOut(query: string): Readable {
    // CSV with quotes that cannot occur writes a value as it is; the default format would double every backslash of JSON.
    return this.client.query(copyTo(`COPY (${query}) TO STDOUT WITH (FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02')`));
  }

  private query(sql: string, parameters: readonly unknown[]): Promise<QueryResult> {
    const values = [...parameters];
    return this.client.query(this.isPrepared ? { name: nameOf(sql), text: sql, values } : { text: sql, values });
  }
}

const names = new Map<string, string>();

function nameOf(sql: string): string {
  const name = names.get(sql) ?? `statement_${names.size}`;
  names.set(sql, name);
  return name;
}

/** Runs `work` as the service role, which sees every tenant; commits when it resolves, rolls back when it throws. */
export function withService<Result>(
  dataSource: DataSource,
  work: (transaction: Transaction) => Promise<Result>,
): Promise<Result> {
  return withRole(dataSource, 'SET LOCAL ROLE fineline_service', work);
}

/**
 * The same for work that reaches every row by its key, thousands in one statement. The planner guesses how many keys an array holds,
 * and without statistics of a table that has just grown it reads the whole of it: 2 ms become 200. Here it may only look keys up, and
 * a connection keeps its plans for `PLANS_LAST_MS`: small batches would else cost more to plan than to do.
 */
export function withServiceByKey<Result>(
  dataSource: DataSource,
  work: (transaction: Transaction) => Promise<Result>,
): Promise<Result> {
  return withRole(dataSource, BY_KEY, work, true);
}

const BY_KEY = `SET LOCAL ROLE fineline_service; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off;
  SET LOCAL enable_seqscan = off; SET LOCAL plan_cache_mode = force_generic_plan`;

/** Of a table that was empty when its statement was planned, one index is as good as another. It may hold thousands of rows by now. */
const PLANS_LAST_MS = 10_000;
const plannedAt = new WeakMap<object, number>();

/** Whether the plans of a connection are too old at `now` (milliseconds of any clock); they count as new from then on. */
export function plansAreOld(connection: object, now: number): boolean {
  const since = plannedAt.get(connection);
  if (since !== undefined && now - since < PLANS_LAST_MS) return false;
  plannedAt.set(connection, now);
  return since !== undefined;
}

const SET_IDENTITY = `SELECT set_config('app.tenant', $1, true), set_config('app.role', $2, true),
  set_config('app.seller', $3, true), set_config('app.warehouse', $4, true)`;

/** Runs `work` as a person: row-level security shows and takes only what `identity` may see. */
export function asPerson<Result>(
  dataSource: DataSource,
  identity: Identity,
  work: (transaction: Transaction) => Promise<Result>,
): Promise<Result> {
  return withRole(dataSource, 'SET LOCAL ROLE fineline_app', async (transaction) => {
    const { tenantId, role, sellerId = '', warehouseId = '' } = identity;
    await transaction.rows(SET_IDENTITY, [tenantId, role, sellerId, warehouseId]);
    return work(transaction);
  });
}

// Begun and ended by hand, where TypeORM's runner would need a round trip more: a small batch is mostly round trips.
async function withRole<Result>(
  dataSource: DataSource,
  begin: string,
  work: (transaction: Transaction) => Promise<Result>,
  isPrepared = false,
): Promise<Result> {
  const runner = dataSource.createQueryRunner();
  let client: Connection | undefined;
  try {
    client = (await runner.connect()) as Connection;
    const replan = isPrepared && plansAreOld(client, performance.now()) ? '; DISCARD PLANS' : '';
    await client.query(`BEGIN ISOLATION LEVEL READ COMMITTED; ${begin}${replan}`);
    const result = await work(new Transaction(runner, client, isPrepared));
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await rollBack(client);
    throw databaseError(error);
  } finally {
    await runner.release();
  }
}

async function rollBack(client: Connection | undefined): Promise<void> {
  try {
    await client?.query('ROLLBACK');
  } catch {
    // The connection is gone, and with it the transaction; the first error is the one that tells.
  }
}
