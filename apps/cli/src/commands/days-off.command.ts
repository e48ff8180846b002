// `fineline days-off`: days on which a seller or a warehouse rests.
import type { Command } from 'commander';
import type { DaysOffOwner } from '#storage';
import { readOwnDaysOff } from '../input/read-days-off.js';
import { UsageError } from '../usage-error.js';
import { identifierArgument, onRecord } from './administration.js';

interface OwnerFlags {
  readonly tenant: string;
  readonly seller?: string;
  readonly warehouse?: string;
}
interface SetFlags extends OwnerFlags {
  readonly file: string;
  readonly by: string;
  readonly reason: string;
}

export function registerDaysOff(program: Command): void {
  const daysOff = program
    .command('days-off')
    .description('days off of sellers and warehouses, in the record of DATABASE_URL');
  daysOff
    .command('set')
    .description('replace the days off of a seller or a warehouse; its orders are judged again')
    .requiredOption('--tenant <id>', 'whose', identifierArgument)
    .option('--seller <id>', 'of this seller', identifierArgument)
    .option('--warehouse <id>', 'of this warehouse', identifierArgument)
    .requiredOption('--file <file>', 'YAML or JSON of `2026-08-03: Stock count`, or an iCalendar file')
    .requiredOption('--by <name>', 'who sets them, for the audit trail')
    .requiredOption('--reason <text>', 'why, for the audit trail')
    .action(setDaysOff);
  daysOff.command('list').requiredOption('--tenant <id>', 'whose', identifierArgument).action(listDaysOff);
}

async function setDaysOff(flags: SetFlags): Promise<void> {
  const change = { ...ownerOf(flags), days: readOwnDaysOff(flags.file), actor: flags.by, reason: flags.reason };
  const { DaysOffService } = await import('#tracking');
  const { changed, row } = await onRecord((transaction) =>
    new DaysOffService().replace(transaction, change, Date.now()),
  );
  const count = Object.keys(row.days).length;
  console.log(changed ? `${row.of} ${row.id}: ${count} days off, revision ${row.revision}.` : 'Nothing has changed.');
}

async function listDaysOff({ tenant }: OwnerFlags): Promise<void> {
  const { DaysOffStore } = await import('#storage');
  for (const row of await onRecord((transaction) => new DaysOffStore().load(transaction, [tenant]))) {
    for (const [day, name] of Object.entries(row.days).sort(([a], [b]) => (a < b ? -1 : 1))) {
      console.log([row.of, row.id, day, name].join('\t'));
    }
  }
}

function ownerOf({ tenant, seller, warehouse }: OwnerFlags): DaysOffOwner {
  if ((seller === undefined) === (warehouse === undefined)) throw new UsageError('give either --seller or --warehouse');
  return seller === undefined
    ? { tenantId: tenant, of: 'warehouse', id: warehouse as string }
    : { tenantId: tenant, of: 'seller', id: seller };
}
