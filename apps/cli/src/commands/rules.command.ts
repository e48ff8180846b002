import type { Command } from 'commander';
import { checkRulebook, loadRulebook, printFaults } from '#rulebook';
import type { ChangedGroup } from '#domain';
import { compareEvaluations, evaluateState, formatMinor } from '#domain';
import { evaluateFile, readFileState } from '../evaluation/evaluate-file.js';
import { printReport } from '../evaluation/print-report.js';
import type { Language } from '../evaluation/report.js';
import { reportParts } from '../evaluation/report.js';
import { writeLines } from '../output.js';
import { diffDocuments } from '../rules/diff-documents.js';
import { loadDraft, readDocuments } from '../rules/load-documents.js';
import { UsageError } from '../usage-error.js';
import {
  asOfOption,
  defaultRules,
  inputOptions,
  instantArgument,
  languageOption,
  rulesOption,
} from './shared-options.js';

/** `fineline rules check | explain | diff | backtest`. */
export function registerRules(program: Command): void {
  const rules = program.command('rules').description('check, explain, compare and try out rulebooks');
  registerCheck(rules);
  registerExplain(rules);
  registerDiff(rules);
  registerBacktest(rules);
}

function registerCheck(rules: Command): void {
  rules
    .command('check')
    .description('read, check and compile rulebooks; every fault with file, line, path and how to mend it')
    .argument('[folder]', 'rulebooks to check', defaultRules())
    .option('--json', 'print the faults as JSON')
    .action(check);
}

function check(folder: string, { json }: { json?: boolean }): void {
  const checked = checkRulebook(folder);
  if ('faults' in checked) {
    console.log(json ? JSON.stringify(checked.faults, null, 2) : printFaults(checked.faults));
    process.exitCode = 1;
    return;
  }
  const { documents } = checked.rulebook;
  const rules = documents.flatMap((document) => document.rules);
  const versions = rules.flatMap((rule) => rule.versions);
  console.log(
    json ? '[]' : `${documents.length} rulebooks, ${rules.length} rules, ${versions.length} versions: no faults`,
  );
}

interface ExplainOptions {
  readonly map?: string;
  readonly asOf?: number;
  readonly rules: string;
  readonly lang: Language;
}

function registerExplain(rules: Command): void {
  const command = rules
    .command('explain')
    .description('one order of a file: every deadline and amount unfolded')
    .argument('<orderId>')
    .argument('<events>', 'events.ndjson, events.json or orders.csv');
  inputOptions(command);
  command.addOption(asOfOption()).addOption(rulesOption()).addOption(languageOption()).action(explain);
}

async function explain(orderId: string, file: string, options: ExplainOptions): Promise<void> {
  const { evaluation } = await evaluateFile(file, options);
  const orders = [...evaluation.orders].filter(({ shipment }) => shipment.order.orderId === orderId);
  if (orders.length === 0) throw new UsageError(`${file} has no order ${orderId}`);
  const parts = reportParts({ ...evaluation, explained: orders, rates: [] }, { faults: [], language: options.lang });
  await writeLines(printReport(parts, options.lang));
}

function registerDiff(rules: Command): void {
  rules
    .command('diff')
    .description('what changes between two folders or files of rulebooks')
    .argument('<before>')
    .argument('<after>')
    .option('--json', 'print the differences as JSON')
    .action(diff);
}

async function diff(before: string, after: string, { json }: { json?: boolean }): Promise<void> {
  const differences = diffDocuments(readDocuments(before), readDocuments(after));
  if (json) return writeLines([JSON.stringify(differences, null, 2)]);
  const lines = differences.map((one) => `${one.place}: ${one.before ?? '(absent)'} -> ${one.after ?? '(absent)'}`);
  await writeLines(lines.length > 0 ? lines : ['no difference']);
}

interface BacktestOptions {
  readonly events: string;
  readonly map?: string;
  readonly asOf?: number;
  readonly rules: string;
  readonly from?: number;
  readonly to?: number;
  readonly json?: boolean;
}

function registerBacktest(rules: Command): void {
  const command = rules
    .command('backtest')
    .description('replay a draft over a file: per rule, seller and week, which verdicts and fines change')
    .argument('<draft>', 'folder or file whose rulebooks replace the published ones of the same name')
    .requiredOption('--events <file>', 'events.ndjson, events.json or orders.csv')
    .option('--from <instant>', 'clock starts from this instant on', instantArgument)
    .option('--to <instant>', 'clock starts before this instant', instantArgument)
    .option('--json', 'print the changes as JSON');
  inputOptions(command);
  command.addOption(asOfOption()).addOption(rulesOption()).action(backtest);
}

async function backtest(draft: string, options: BacktestOptions): Promise<void> {
  const published = loadRulebook(options.rules);
  const drafted = loadDraft(options.rules, draft);
  const { state } = await readFileState(options.events, options);
  const asOf = options.asOf ?? state.latest;
  if (asOf === undefined) throw new UsageError(`${options.events}: no event could be read`);
  const groups = compareEvaluations(
    evaluateState(published, state, asOf),
    evaluateState(drafted, state, asOf),
    options,
  );
  if (options.json) return writeLines([JSON.stringify(groups, null, 2)]);
  await writeLines(groups.length > 0 ? groups.map(groupLine) : ['the draft changes nothing in these events']);
}

function groupLine(group: ChangedGroup): string {
  const verdicts = Object.entries(group.verdicts).map(([verdict, count]) => `${count} ${verdict}`);
  const [before, after] = [group.missedBeforeMinor, group.missedAfterMinor].map((minor) =>
    formatMinor(minor, group.currency),
  );
  const of = `${group.changes.length} of ${group.deadlines} change`;
  return `${group.ruleId} ${group.sellerId} week ${group.week}: ${of} (${verdicts.join(', ')}); missed ${before} -> ${after}`;
}
