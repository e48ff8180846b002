// What the commands that administer a running system share: the record of DATABASE_URL, and options checked before it is touched.
import { InvalidArgumentError } from 'commander';
import { faultsOf, identifier, isTimeZone } from '#contracts';
import type { Transaction } from '#storage';

/** Runs `work` as the service role in one transaction on the record of DATABASE_URL. */
export async function onRecord<Result>(work: (transaction: Transaction) => Promise<Result>): Promise<Result> {
  // Loaded late: the other commands start without the code of servers and of the database.
  const { loadConfig, sharedConfig } = await import('#platform');
  const { DATABASE_URL } = loadConfig('fineline', sharedConfig.pick({ DATABASE_URL: true }));
  const { openDataSource, withService } = await import('#storage');
  const dataSource = await openDataSource(DATABASE_URL, { applicationName: 'fineline-cli', poolSize: 1 });
  try {
    return await withService(dataSource, work);
  } finally {
    await dataSource.destroy();
  }
}

export function identifierArgument(text: string): string {
  const parsed = identifier.safeParse(text);
  if (!parsed.success) throw new InvalidArgumentError(`${faultsOf(parsed.error)[0]?.detail ?? 'not an identifier'}.`);
  return parsed.data;
}

export function zoneArgument(text: string): string {
  if (!isTimeZone(text)) throw new InvalidArgumentError('must be an IANA time zone such as America/New_York.');
  return text;
}

export function amountArgument(text: string): string {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('must be whole minor units, e.g. 500 for USD 5.00.');
  return text;
}
