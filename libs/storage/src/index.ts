// The record: PostgreSQL schema, transactions and stores. The only library that knows TypeORM and SQL of the record.
export * from './data-source.js';
export * from './database-error.js';
export * from './entities/index.js';
export * from './migrate.js';
export * from './queries/index.js';
export * from './transaction.js';
export * from './stores/evidence-store.js';
export * from './stores/offset-store.js';
export * from './stores/quarantine-store.js';
