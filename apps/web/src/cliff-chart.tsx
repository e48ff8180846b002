import type { CliffRow } from '#contracts';
import { useTranslation } from 'react-i18next';
import { useFormat } from './format/use-format.ts';
import { serverNow } from './live/clock.ts';

// The 24 hours from now end within the 25th of the clock.
const HOURS = 25;
const HOUR_MS = 3_600_000;
const HEIGHT = 52;
const BAR = 10;

/** One bar per hour of the next day: light for what falls due, dark for what is expected to be lost. */
export function CliffChart({ cliffs, currency }: { cliffs: CliffRow[]; currency: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const most = Math.max(1, ...cliffs.map(({ projectedMinor }) => projectedMinor));
  const height = (amount: number): number => (amount > 0 ? Math.max(2, (amount / most) * HEIGHT) : 0);
  const first = Math.floor(serverNow() / HOUR_MS) * HOUR_MS;
  return (
    <svg
      className="cliff-chart"
      viewBox={`0 0 ${HOURS * BAR} ${HEIGHT + 14}`}
      role="img"
      aria-label={t('cliff.chart', { currency })}
    >
      <line x1="0" x2={HOURS * BAR} y1={HEIGHT + 0.5} y2={HEIGHT + 0.5} className="axis" />
      {cliffs.map((cliff) => {
        const hour = Math.max(0, Math.round((Date.parse(cliff.from) - first) / HOUR_MS));
        const label = t('cliff.bar', {
          hour: format.time(cliff.from),
          amount: format.money(cliff.projectedMinor, currency),
          count: cliff.open,
        });
        return (
          <g key={cliff.from}>
            <title>{label}</title>
            <rect
              x={hour * BAR + 1}
              width={BAR - 2}
              y={HEIGHT - height(cliff.projectedMinor)}
              height={height(cliff.projectedMinor)}
              className="due"
              rx="1"
            />
            <rect
              x={hour * BAR + 1}
              width={BAR - 2}
              y={HEIGHT - height(cliff.expectedMinor)}
              height={height(cliff.expectedMinor)}
              className="likely"
              rx="1"
            />
          </g>
        );
      })}
      {[0, 6, 12, 18].map((hour) => (
        <text key={hour} x={hour * BAR} y={HEIGHT + 12}>
          {format.hour(first + hour * HOUR_MS)}
        </text>
      ))}
    </svg>
  );
}
