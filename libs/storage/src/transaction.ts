// One unit of work as one of the two database roles. Everything the stores do happens inside one of these.
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { databaseError } from './database-error.js';
import type { DatabaseRole } from './roles.js';

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

/** Statements of a running transaction. */
export class Transaction {
  constructor(private readonly runner: QueryRunner) {}

  /** TypeORM's repositories within this transaction. */
  get manager(): EntityManager {
    return this.runner.manager;
  }

  /** Rows of a SELECT or of a RETURNING. Parameters are `$1`, `$2`, …; Date, Buffer and arrays are passed as they are. */
  async rows<Row>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    const result = await this.runner.query(sql, [...parameters], true);
    return (result.records ?? []) as Row[];
  }

  /** The number of rows a statement changed. */
  async run(sql: string, parameters: readonly unknown[] = []): Promise<number> {
    const result = await this.runner.query(sql, [...parameters], true);
    return result.affected ?? 0;
  }
}

/** Runs `work` as the service role, which sees every tenant; commits when it resolves, rolls back when it throws. */
export function withService<Result>(
  dataSource: DataSource,
  work: (transaction: Transaction) => Promise<Result>,
): Promise<Result> {
  return withRole(dataSource, 'fineline_service', work);
}

const SET_IDENTITY = `SELECT set_config('app.tenant', $1, true), set_config('app.role', $2, true),
  set_config('app.seller', $3, true), set_config('app.warehouse', $4, true)`;

/** Runs `work` as a person: row-level security shows and takes only what `identity` may see. */
export function asPerson<Result>(
  dataSource: DataSource,
  identity: Identity,
  work: (transaction: Transaction) => Promise<Result>,
): Promise<Result> {
  return withRole(dataSource, 'fineline_app', async (transaction) => {
    const { tenantId, role, sellerId = '', warehouseId = '' } = identity;
    await transaction.rows(SET_IDENTITY, [tenantId, role, sellerId, warehouseId]);
    return work(transaction);
  });
}

async function withRole<Result>(
  dataSource: DataSource,
  role: DatabaseRole,
  work: (transaction: Transaction) => Promise<Result>,
): Promise<Result> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.startTransaction('READ COMMITTED');
    await runner.query(`SET LOCAL ROLE ${role}`);
    const result = await work(new Transaction(runner));
    await runner.commitTransaction();
    return result;
  } catch (error) {
    await rollBack(runner);
    throw databaseError(error);
  } finally {
    await runner.release();
  }
}

async function rollBack(runner: QueryRunner): Promise<void> {
  try {
    if (runner.isTransactionActive) await runner.rollbackTransaction();
  } catch {
    // The connection is gone, and with it the transaction; the first error is the one that tells.
  }
}
