import type { ExposureRow } from '#contracts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Grouping } from '../api/queries.ts';
import { useExposure } from '../api/queries.ts';
import { Empty, Read } from '../components/states.tsx';
import { useFormat } from '../format/use-format.ts';

const GROUPS: readonly Grouping[] = ['platform', 'warehouse', 'seller', 'carrier', 'rule'];

/** Where the money at risk sits. Bars compare groups of one currency only. */
export function Exposure() {
  const { t } = useTranslation();
  const [groupBy, setGroupBy] = useState<Grouping>('platform');
  const exposure = useExposure(groupBy);
  return (
    <>
      <label className="grouping">
        <span>{t('exposure.by')}</span>
        <select value={groupBy} onChange={(event) => setGroupBy(event.target.value as Grouping)}>
          {GROUPS.map((group) => (
            <option key={group} value={group}>
              {t(`exposure.groups.${group}`)}
            </option>
          ))}
        </select>
      </label>
      <Read queries={[exposure]}>{({ rows }) => <Bars rows={rows.filter(({ open }) => open > 0)} />}</Read>
    </>
  );
}

function Bars({ rows }: { rows: ExposureRow[] }) {
  const { t } = useTranslation();
  const currencies = [...new Set(rows.map(({ currency }) => currency))];
  if (rows.length === 0) return <Empty text={t('exposure.empty')} />;
  return currencies.map((currency) => (
    <CurrencyBars key={currency} rows={rows.filter((row) => row.currency === currency)} />
  ));
}

function CurrencyBars({ rows }: { rows: ExposureRow[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const most = Math.max(1, ...rows.map(({ projectedMinor }) => projectedMinor));
  const share = (amount: number): string => `${(amount / most) * 100}%`;
  return (
    <ul className="bars">
      {rows.map(({ group, currency, open, expectedMinor, projectedMinor }) => (
        <li key={group ?? ''}>
          <div className="bar-line">
            <strong>{group ?? t('exposure.unknown')}</strong>
            <span>{t('exposure.expected', { amount: format.money(expectedMinor, currency) })}</span>
          </div>
          <div className="bar" aria-hidden="true">
            <span className="due" style={{ width: share(projectedMinor) }} />
            <span className="likely" style={{ width: share(expectedMinor) }} />
          </div>
          <div className="bar-line quiet">
            <span>{t('exposure.line', { count: open })}</span>
            <span>{t('exposure.atMost', { amount: format.money(projectedMinor, currency) })}</span>
          </div>
        </li>
      ))}
    </ul>
  );
}
