// The command line. Each command is a file of `commands` that registers itself.
import { Command } from 'commander';
import { RulebookError } from '#rulebook';
import { registerDaysOff } from './commands/days-off.command.js';
import { registerDemo } from './commands/demo.command.js';
import { registerEvaluate } from './commands/evaluate.command.js';
import { registerKeys } from './commands/keys.command.js';
import { registerMigrate } from './commands/migrate.command.js';
import { registerRecipients } from './commands/recipients.command.js';
import { registerRules } from './commands/rules.command.js';
import { registerSend } from './commands/send.command.js';
import { registerTenants } from './commands/tenants.command.js';
import { UsageError } from './usage-error.js';

const program = new Command('fineline')
  .description('Every platform deadline tracked, every fine projected before it is levied.')
  .showHelpAfterError();

const COMMANDS = [
  registerDaysOff,
  registerDemo,
  registerEvaluate,
  registerKeys,
  registerMigrate,
  registerRecipients,
  registerRules,
  registerSend,
  registerTenants,
];
for (const register of COMMANDS) register(program);

try {
  await program.parseAsync();
} catch (error) {
  if (!isExpected(error)) throw error;
  console.error(`fineline: ${error.message}`);
  process.exitCode = 1;
}

/** What a person can mend at the command line; anything else is a bug and keeps its stack. */
function isExpected(error: unknown): error is Error {
  if (error instanceof UsageError || error instanceof RulebookError) return true;
  const { code } = error as NodeJS.ErrnoException;
  return error instanceof Error && ['ENOENT', 'EACCES', 'EISDIR', 'ENOTDIR'].includes(code ?? '');
}
