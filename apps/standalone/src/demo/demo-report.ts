// The demo in words: one line of progress, and the sums at the end. Every amount says its currency, every time its zone.
import { formatMinor } from '#domain';
import { asPerson, exposure } from '#storage';
import type { DataSource } from '#storage';
import type { ExposureRow } from '#contracts';
import { DEMO_TENANT } from './demo-tenant.js';

const OPS = { tenantId: DEMO_TENANT, role: 'ops', name: 'demo' } as const;

/** Money at risk, saved and lost since `since` (UTC epoch ms), per group and currency. */
export function demoExposure(
  dataSource: DataSource,
  since: number,
  groupBy: 'none' | 'platform',
): Promise<ExposureRow[]> {
  return asPerson(dataSource, OPS, (transaction) => exposure(transaction, { groupBy }, since));
}

export function localTime(at: number, timeZone: string): string {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  });
  return format.format(at);
}

export function progressLine(at: number, rows: readonly ExposureRow[], mails: number): string {
  const money = rows.map(
    (row) =>
      `at risk ${formatMinor(row.expectedMinor, row.currency)} expected (${formatMinor(row.projectedMinor, row.currency)} if all ${row.open} are missed), ` +
      `saved ${formatMinor(row.savedMinor, row.currency)}, lost ${formatMinor(row.missedMinor, row.currency)}`,
  );
  return `${localTime(at, 'America/New_York')}  ${money.join('; ') || 'nothing at risk yet'}, ${mails} mails`;
}

export function summary(total: readonly ExposureRow[], byPlatform: readonly ExposureRow[]): string {
  const lines = [
    ...total.map((row) => ['all platforms', row] as const),
    ...byPlatform.map((row) => [row.group ?? '-', row] as const),
  ];
  const table = lines.map(([name, row]) => {
    const money = (minor: number): string => formatMinor(minor, row.currency).padStart(14);
    return `  ${name.padEnd(14)}${money(row.expectedMinor)}${money(row.projectedMinor)}${money(row.savedMinor)}${money(row.missedMinor)}`;
  });
  const head = `  ${''.padEnd(14)}${['at risk, exp.', 'if all missed', 'saved', 'lost'].map((title) => title.padStart(14)).join('')}`;
  return [head, ...table].join('\n');
}
