// Options that several commands share, so that they read and fail the same way.
import path from 'node:path';
import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import { faultText, parseInstant } from '#contracts';
import { programFolder } from '../program-folder.js';

export function inputOptions(command: Command): void {
  command.option('--map <file>', 'column mapping of a CSV file (docs/csv-mapping.md)');
}

export function asOfOption(): Option {
  return new Option(
    '--as-of <instant>',
    'judge at this instant (RFC 3339) and leave out later events; by default the time of the latest event in the file',
  ).argParser(instantArgument);
}

export function rulesOption(): Option {
  return new Option('--rules <folder>', 'rulebooks to use').default(defaultRules(), 'rulebooks shipped with Fineline');
}

export function languageOption(): Option {
  return new Option('--lang <language>', 'language of explanations').choices(['en', 'zh']).default('en');
}

export function defaultRules(): string {
  return path.join(programFolder(), 'rulebooks');
}

export function instantArgument(text: string): number {
  const parsed = parseInstant(text);
  if (!parsed.ok)
    throw new InvalidArgumentError(
      `${faultText({ code: 'not-an-instant', values: { reason: parsed.reason } }, 'en')}.`,
    );
  return parsed.at;
}
