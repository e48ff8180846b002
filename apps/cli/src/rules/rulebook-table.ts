// The rulebooks as a page: every rule with its versions, money and confidence, and what is not known. docs/domain/rulebooks.md is
// this text; a test keeps it so.
import { weakest } from '#domain';
import type { MoneyExpression, Penalty, Rule, RulebookDocument, RuleVersion } from '#domain';

const INTRO = `# Rulebooks

Written by \`node scripts/cli-docs.mjs\` from \`rulebooks/*.yaml\`. A rule marked *uncertain* or *not found* says so beside every amount it projects;
nothing is filled in. Every number is a default that a tenant's own contract replaces by an overlay.

| rulebook | platform | markets | rules | weakest confidence | gaps |
| --- | --- | --- | ---: | --- | ---: |
`;

/** Markdown, rulebooks sorted by name. */
export function rulebookTable(documents: readonly RulebookDocument[]): string {
  const sorted = [...documents].sort((a, b) => (a.rulebook < b.rulebook ? -1 : 1));
  return `${INTRO}${sorted.map(summaryRow).join('')}${sorted.map(section).join('')}`;
}

function summaryRow(document: RulebookDocument): string {
  const versions = document.rules.flatMap((rule) => rule.versions);
  const platform = document.platform === '*' ? 'any other' : document.platform;
  const markets = document.markets.map((market) => (market === '*' ? 'any' : market)).join(' ');
  const gaps = document.gaps?.length ?? 0;
  return row([
    `[${document.rulebook}](#${document.rulebook})`,
    platform,
    markets,
    document.rules.length,
    weakestOf(versions),
    gaps,
  ]);
}

function section(document: RulebookDocument): string {
  const rates = (document.rates ?? []).map(
    ({ id, metric, title }) => `- \`${id}\` (metric \`${metric}\`): ${title.en}, ${title.zh}\n`,
  );
  const gaps = (document.gaps ?? []).map(({ id, text }) => `- **${id}**: ${text.en}\n`);
  return [
    `\n## ${document.rulebook}\n\n${document.title.en} · ${document.title.zh}. ${document.currency}, ${document.marketZone}.\n\n`,
    '| rule | title | versions | money | confidence |\n| --- | --- | --- | --- | --- |\n',
    ...document.rules.map(ruleRow),
    rates.length > 0 ? `\nRates:\n\n${rates.join('')}` : '',
    pointsLines(document),
    violationKinds(document),
    gaps.length > 0 ? `\nNot known or contradicted:\n\n${gaps.join('')}` : '',
  ].join('');
}

function ruleRow({ id, title, versions }: Rule): string {
  const latest = versions.at(-1);
  const money = latest?.penalty ? penaltyText(latest.penalty) : 'none stated';
  return row([
    id,
    `${title.en} · ${title.zh}`,
    versions.map(({ version }) => version).join(', '),
    money,
    weakestOf(versions),
  ]);
}

function pointsLines({ points = [] }: RulebookDocument): string {
  if (points.length === 0) return '';
  const lines = points.map(({ id, metric, title, start = 0, counts, lapses, milestones }) => {
    const lapse = lapses ? `, lapses after ${lapses.days} days` : '';
    const at = milestones.map((one) => one.at).join(', ');
    return `- \`${id}\` (metric \`${metric}\`): ${title.en}, ${title.zh}; from ${start} ${counts ?? 'up'}${lapse}${at ? `; milestones ${at}` : ''}\n`;
  });
  return `\nPoints:\n\n${lines.join('')}`;
}

function violationKinds(document: RulebookDocument): string {
  const kinds = document.rules.flatMap((rule) => rule.versions.flatMap((version) => version.violation?.kinds ?? []));
  const names = [...new Set(kinds)].sort().map((kind) => `\`${kind}\``);
  return names.length > 0 ? `\nKinds of \`violation.reported\`: ${names.join(', ')}.\n` : '';
}

function row(cells: readonly (string | number)[]): string {
  return `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |\n`;
}

function weakestOf(versions: readonly RuleVersion[]): string {
  const [first, ...others] = versions.map(({ confidence }) => confidence);
  return first ? weakest(first, ...others) : '';
}

function penaltyText(penalty: Penalty): string {
  const parts = [penalty.amount && amountText(penalty.amount)];
  for (const tier of penalty.tiers ?? []) parts.push(`over ${tier.afterHours} h late ${amountText(tier.amount)}`);
  for (const { amount, ...bound } of penalty.byRate?.bands ?? [])
    parts.push(`rate ${boundText(bound)}: ${amountText(amount)}`);
  if (penalty.accrual) parts.push(`per ${penalty.accrual.everyDays} started days`);
  if (penalty.accrual?.capPercent) parts.push(`at most ${penalty.accrual.capPercent}% ${penalty.accrual.capOf ?? ''}`);
  if (penalty.floor) parts.push(`at least ${penalty.floor}`);
  if (penalty.cap) parts.push(`at most ${penalty.cap}`);
  if (penalty.gate) parts.push(`only when ${penalty.gate.rate} ${boundText(penalty.gate)}`);
  return parts.filter(Boolean).join(', ');
}

function amountText(amount: MoneyExpression): string {
  if ('fixed' in amount)
    return amount.per === undefined || amount.per === 'order' ? amount.fixed : `${amount.fixed} per ${amount.per}`;
  if ('percent' in amount) return `${amount.percent}% of ${amount.of}`;
  if ('multiple' in amount) return `${amount.multiple} x ${amount.of}`;
  if ('sum' in amount) return amount.sum.map(amountText).join(' + ');
  const [name, parts] = 'max' in amount ? ['max', amount.max] : ['min', amount.min];
  return `${name}(${parts.map(amountText).join(', ')})`;
}

const SIGNS = { lt: '<', lte: '<=', gt: '>', gte: '>=' } as const;

function boundText(bound: { readonly [K in keyof typeof SIGNS]?: string }): string {
  const sides = (['gt', 'gte', 'lt', 'lte'] as const).filter((side) => bound[side] !== undefined);
  return sides.map((side) => `${SIGNS[side]} ${bound[side]}`).join(' and ');
}
