// `fineline recipients`: who is told, where and about what.
import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import { Option } from 'commander';
import { UsageError } from '../usage-error.js';
import { amountArgument, identifierArgument, onRecord, zoneArgument } from './administration.js';

interface RecipientFlags {
  readonly tenant: string;
  readonly name: string;
  readonly email?: string;
  readonly webhook?: string;
  readonly language: 'en' | 'zh';
  readonly zone: string;
  readonly seller?: string;
  readonly warehouse?: string;
  readonly steps?: string[];
  readonly minimum: string;
}

const RECIPIENT_ID = 'the id `recipients list` shows';

export function registerRecipients(program: Command): void {
  const recipients = program.command('recipients').description('recipients of notices, in the record of DATABASE_URL');
  recipients
    .command('add')
    .description('tell somebody by mail or signed webhook')
    .requiredOption('--tenant <id>', 'whose recipient', identifierArgument)
    .requiredOption('--name <text>', 'who it is')
    .option('--email <address>', 'an e-mail address')
    .option('--webhook <url>', 'an https address; the signing secret is printed once')
    .addOption(new Option('--language <language>', 'of the notices').choices(['en', 'zh']).default('en'))
    .option('--zone <zone>', 'IANA time zone of the times in notices', zoneArgument, 'UTC')
    .option('--seller <id>', "only this seller's shipments", identifierArgument)
    .option('--warehouse <id>', 'only what this warehouse ships', identifierArgument)
    .option('--steps <steps...>', 'only these ladder steps, e.g. t-4h breach')
    .option('--minimum <minor>', 'least expected fine, minor units', amountArgument, '0')
    .action(addRecipient);
  recipients.command('list').requiredOption('--tenant <id>', 'whose', identifierArgument).action(listRecipients);
  recipients
    .command('disable')
    .description('tell a recipient nothing more; notices on their way to it are withdrawn')
    .argument('<recipient-id>', RECIPIENT_ID)
    .requiredOption('--tenant <id>', 'whose', identifierArgument)
    .option('--reason <text>', 'shown by `recipients list`', 'by hand')
    .action(disableRecipient);
  recipients
    .command('enable')
    .description('tell a disabled recipient again, of what is raised from now on')
    .argument('<recipient-id>', RECIPIENT_ID)
    .requiredOption('--tenant <id>', 'whose', identifierArgument)
    .action(enableRecipient);
}

async function addRecipient(flags: RecipientFlags): Promise<void> {
  const { email, webhook } = flags;
  if ((email === undefined) === (webhook === undefined)) throw new UsageError('give either --email or --webhook');
  if (webhook !== undefined && !/^https:\/\//.test(webhook)) throw new UsageError('--webhook must be an https address');
  const secret = webhook === undefined ? null : `whsec_${randomBytes(32).toString('base64')}`;
  const { RecipientStore } = await import('#storage');
  const recipientId = await onRecord((transaction) =>
    new RecipientStore().create(transaction, {
      tenantId: flags.tenant,
      name: flags.name,
      channel: webhook === undefined ? 'email' : 'webhook',
      address: (webhook ?? email) as string,
      secret,
      language: flags.language,
      timeZone: flags.zone,
      sellerId: flags.seller ?? null,
      warehouseId: flags.warehouse ?? null,
      steps: flags.steps ?? null,
      minimumMinor: flags.minimum,
    }),
  );
  console.log(`Recipient ${recipientId} added.${secret ? ` Signing secret: ${secret}` : ''}`);
}

async function listRecipients({ tenant }: { tenant: string }): Promise<void> {
  const { RecipientStore } = await import('#storage');
  for (const one of await onRecord((transaction) => new RecipientStore().list(transaction, tenant))) {
    const state = one.disabledAt ? `disabled: ${one.disabledReason ?? ''}` : 'on';
    console.log(
      [one.recipientId, one.channel, one.address, one.sellerId ?? one.warehouseId ?? 'all', state].join('\t'),
    );
  }
}

async function disableRecipient(
  recipientId: string,
  { tenant, reason }: { tenant: string; reason: string },
): Promise<void> {
  const { RecipientStore } = await import('#storage');
  const which = { tenantId: tenant, recipientId };
  const done = await onRecord((transaction) => new RecipientStore().disable(transaction, which, reason, Date.now()));
  if (!done) throw new UsageError(`tenant ${tenant} has no recipient ${recipientId} that is on`);
  console.log(`Recipient ${recipientId} is told nothing more.`);
}

async function enableRecipient(recipientId: string, { tenant }: { tenant: string }): Promise<void> {
  const { RecipientStore } = await import('#storage');
  const done = await onRecord((transaction) => new RecipientStore().enable(transaction, tenant, recipientId));
  if (!done) throw new UsageError(`tenant ${tenant} has no disabled recipient ${recipientId}`);
  console.log(`Recipient ${recipientId} is told again.`);
}
