import type { Transaction } from '../transaction.js';

/** Quarantine entries waiting for a person. */
export async function countHeld(transaction: Transaction): Promise<number> {
  const [row] = await transaction.rows<{ held: number }>(
    `SELECT count(*)::int AS held FROM quarantine WHERE status = 'held'`,
  );
  return row?.held ?? 0;
}
