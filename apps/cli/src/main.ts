// The command line. Each command is a file of `commands` that registers itself.
import { Command } from 'commander';
import { registerDaysOff } from './commands/days-off.command.js';
import { registerDemo } from './commands/demo.command.js';
import { registerEvaluate } from './commands/evaluate.command.js';
import { registerKeys } from './commands/keys.command.js';
import { registerMigrate } from './commands/migrate.command.js';
import { registerRecipients } from './commands/recipients.command.js';
import { registerRules } from './commands/rules.command.js';
import { registerSend } from './commands/send.command.js';
import { registerTenants } from './commands/tenants.command.js';
import { mendable } from './mendable.js';

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
  const told = await mendable(error);
  if (told === undefined) throw error;
  console.error(`fineline: ${told}`);
  // What a failed start has begun would keep the process alive.
  process.exit(1);
}
