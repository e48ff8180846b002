import type { Command } from 'commander';
import { evaluateFile } from '../evaluation/evaluate-file.js';
import { printReport } from '../evaluation/print-report.js';
import type { Language } from '../evaluation/report.js';
import { reportJson } from '../evaluation/report-json.js';
import { reportParts } from '../evaluation/report.js';
import { writeLines, writePieces } from '../output.js';
import { asOfOption, inputOptions, languageOption, rulesOption } from './shared-options.js';

interface EvaluateOptions {
  readonly map?: string;
  readonly daysOff?: string;
  readonly asOf?: number;
  readonly rules: string;
  readonly json?: boolean;
  readonly lang: Language;
  readonly strict?: boolean;
}

/** `fineline evaluate`: every deadline and fine of a file, without a server. */
export function registerEvaluate(program: Command): void {
  const command = program
    .command('evaluate')
    .summary('every deadline and fine in a file of events, without a server')
    .description(
      'Reads NDJSON or a JSON array of CloudEvents, or a CSV with --map (`-` is standard input), and prints every deadline with its ' +
        'explanation, every fine, and totals per currency. Lines that cannot be read are reported on standard error and counted; the ' +
        'exit code stays 0 unless nothing could be read or --strict is given.',
    )
    .argument('<events>', 'events.ndjson, events.json or orders.csv');
  inputOptions(command);
  command
    .addOption(asOfOption())
    .addOption(rulesOption())
    .addOption(languageOption())
    .option('--days-off <file>', 'days on which sellers and warehouses rest (docs/evaluate.md)')
    .option('--json', 'print one JSON document (docs/schemas/evaluate.schema.json)')
    .option('--strict', 'exit with 1 when any line could not be read')
    .action(run);
}

async function run(file: string, options: EvaluateOptions): Promise<void> {
  const { evaluation, faults } = await evaluateFile(file, options);
  const shown = { faults, language: options.lang };
  if (options.json) await writePieces(reportJson(evaluation, shown));
  else await writeLines(printReport(reportParts(evaluation, shown), options.lang));
  if (options.strict && faults.length > 0) process.exitCode = 1;
}
