// docs/examples/alerts.yaml names only metrics and labels that the code has.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { declaredMetrics } from './declared-metrics.js';

interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

const file = parse(readFileSync('docs/examples/alerts.yaml', 'utf8')) as { groups: { rules: Alert[] }[] };
const alerts = file.groups.flatMap(({ rules }) => rules);
/** Of Prometheus and its exporters, not of ours. */
const FOREIGN = new Set(['probe_success', 'up']);
const WORDS_OF_PROMQL = new Set([
  'sum',
  'by',
  'and',
  'or',
  'unless',
  'deriv',
  'increase',
  'rate',
  'histogram_quantile',
]);
const metrics = declaredMetrics();

/** `_bucket`, `_sum` and `_count` are series of a histogram. */
function metricOf(series: string) {
  const plain = metrics.find(({ name, kind }) => name === series && kind !== 'histogram');
  return (
    plain ??
    metrics.find(({ name, kind }) => kind === 'histogram' && series.replace(/_(bucket|sum|count)$/, '') === name)
  );
}

const seriesOf = ({ expr }: Alert): string[] => expr.match(/\bfineline_\w+/g) ?? [];

describe('docs/examples/alerts.yaml', () => {
  it.each(alerts)('$alert asks for series that exist, by labels they have', (alert) => {
    for (const series of seriesOf(alert))
      expect([series, metricOf(series)?.name]).toEqual([series, expect.any(String)]);
    for (const [, series, matchers] of alert.expr.matchAll(/\b(fineline_\w+)\{([^}]*)\}/g)) {
      const asked = [...matchers!.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label]) => label!);
      expect(metricOf(series!)?.labels).toEqual(expect.arrayContaining(asked));
    }
    for (const [, list] of alert.expr.matchAll(/\bby \(([^)]*)\)/g)) {
      const grouped = list!.split(',').map((label) => label.trim());
      for (const series of seriesOf(alert))
        expect([...(metricOf(series)?.labels ?? []), 'le']).toEqual(expect.arrayContaining(grouped));
    }
  });

  it.each(alerts)('$alert uses no other names and says what it means in both languages', ({ expr, annotations }) => {
    const bare = expr.replaceAll(/"[^"]*"|\{[^}]*\}|\[[^\]]*\]|\bby \([^)]*\)/g, ' ');
    const names = bare.match(/[a-z_]\w*/gi) ?? [];
    const unknown = names.filter((name) => !WORDS_OF_PROMQL.has(name) && !FOREIGN.has(name) && !metricOf(name));
    expect(unknown).toEqual([]);
    expect(annotations['summary']).toMatch(/\w/);
    expect(annotations['summary_zh']).toMatch(/\p{Script=Han}/u);
  });

  it('covers lag, quarantine, readiness and late steps, each under a name of its own', () => {
    const asked = alerts.map(({ expr }) => expr).join('\n');
    for (const name of ['fineline_track_lag_records', 'fineline_track_events_total', 'probe_success', 'late="true"'])
      expect(asked).toContain(name);
    expect(new Set(alerts.map(({ alert }) => alert)).size).toBe(alerts.length);
  });
});
