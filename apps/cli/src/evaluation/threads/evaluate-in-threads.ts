// A large file of several tenants is evaluated in threads, each tenant in one of them: tenants share nothing. The report is the
// one a single thread writes, to the byte.
import { ExposureSum, utcText } from '#domain';
import { writeChunks } from '../../output.js';
import type { EvaluateFileOptions } from '../evaluate-file.js';
import { asOfOr, tellFault, tellSums, tellUncovered } from '../evaluate-file.js';
import { printRest } from '../print-report.js';
import { jsonHead, jsonRest } from '../report-json.js';
import type { ReportFault, ReportRest } from '../report.js';

import type { ReportChoice } from './share-task.js';
import { Share } from './share.js';

type Options = EvaluateFileOptions & ReportChoice;
type Owner = readonly [tenantId: string, share: Share];

/** Reads, judges and prints. Returns the faults of the file. Throws UsageError when nothing could be read. */
export async function evaluateInThreads(
  file: string,
  options: Options,
  threads: number,
): Promise<readonly ReportFault[]> {
  const shares = Array.from({ length: threads }, (_, index) => new Share({ file, options, index, of: threads }));
  try {
    const { asOf, faults } = await readAll(shares, file, options);
    const owners = await judgeAll(shares, asOf);
    await writeChunks(report(owners, asOf, faults, options));
    return faults;
  } finally {
    await Promise.all(shares.map((share) => share.end()));
  }
}

async function readAll(
  shares: readonly Share[],
  file: string,
  options: Options,
): Promise<{ asOf: number; faults: ReportFault[] }> {
  const read = await Promise.all(shares.map((share) => share.next('read')));
  for (const { line, ...fault } of byLine(read.flatMap(({ told }) => told))) tellFault(file, line, fault);
  const faults = byLine(read.flatMap((each) => each.faults));
  tellSums({ faults, later: read.reduce((sum, { later }) => sum + later, 0) });
  const latest = read.flatMap((each) => each.latest ?? []);
  return { asOf: asOfOr(latest.length > 0 ? Math.max(...latest) : undefined, file, options), faults };
}

/** Every tenant with the share that has it, sorted as a single thread would. */
async function judgeAll(shares: readonly Share[], asOf: number): Promise<readonly Owner[]> {
  for (const share of shares) share.judge(asOf);
  const judged = await Promise.all(shares.map(async (share) => ({ share, ...(await share.next('judged')) })));
  tellUncovered(judged.reduce((sum, { uncovered }) => sum + uncovered, 0));
  const owners = judged.flatMap(({ share, tenantIds }) => tenantIds.map((tenantId): Owner => [tenantId, share]));
  return owners.sort(([a], [b]) => (a < b ? -1 : 1));
}

async function* report(
  owners: readonly Owner[],
  asOf: number,
  faults: ReportFault[],
  { json, lang }: ReportChoice,
): AsyncGenerator<string | Uint8Array> {
  const totals = new ExposureSum();
  const rates: ReportRest['rates'] = [];
  const points: ReportRest['points'] = [];
  let hasDeadlines = false;
  if (json) yield `${jsonHead(asOf)}\n`;
  for (const [, share] of owners) {
    let answer = await share.next('lines', 'balances');
    for (; answer.kind === 'lines'; answer = await share.next('lines', 'balances')) {
      yield json && !hasDeadlines ? answer.text.subarray(','.length) : answer.text;
      hasDeadlines = true;
    }
    for (const total of answer.totals) totals.addTotal(total);
    rates.push(...answer.rates);
    points.push(...answer.points);
  }
  const rest = { asOf: utcText(asOf), totals: totals.totals(), rates, points, faults };
  const lines = json ? [jsonRest(rest)] : printRest(rest, hasDeadlines, lang);
  for (const line of lines) yield `${line}\n`;
}

/** A line belongs to one thread, so what is said of it stays in order. */
function byLine<Item extends { readonly line: number }>(items: Item[]): Item[] {
  return items.sort((a, b) => a.line - b.line);
}
