import type { CliffRow, ExposureRow, Me } from '#contracts';
import { useTranslation } from 'react-i18next';
import { useCliffs, useExposure, useFeeds } from './api/queries.ts';
import { CliffChart } from './cliff-chart.tsx';
import { Empty, Read } from './components/states.tsx';
import { TimeLeft } from './components/time-left.tsx';
import { useFormat } from './format/use-format.ts';

/** Money on top: per currency what is at risk, lost and saved today (a day of the organisation's zone), and when the next of it falls due. */
export function MoneyStrip({ me }: { me: Me }) {
  const { t } = useTranslation();
  const exposure = useExposure('none');
  const format = useFormat();
  const cliffs = useCliffs();
  return (
    <section className="money" aria-labelledby="money-title">
      <h2 id="money-title" className="only-read">
        {t('money.title')}
      </h2>
      <Read queries={[exposure]}>
        {({ rows, since }) => (
          <>
            {rows.length === 0 && <Empty text={t('money.none')} />}
            {rows.map((row) => (
              <CurrencyRow
                key={row.currency}
                row={row}
                since={format.time(since, me.timeZone)}
                cliffs={(cliffs.data?.rows ?? []).filter(({ currency }) => currency === row.currency)}
              />
            ))}
          </>
        )}
      </Read>
      <Feeds />
    </section>
  );
}

function CurrencyRow({ row, since, cliffs }: { row: ExposureRow; since: string; cliffs: CliffRow[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { currency } = row;
  return (
    <div className="money-row">
      <Figure
        tone="risk"
        label={t('money.expected')}
        amount={format.money(row.expectedMinor, currency)}
        help={t('money.expectedHelp')}
      />
      <Figure
        label={t('money.projected')}
        amount={format.money(row.projectedMinor, currency)}
        help={t('money.projectedHelp', { count: row.open })}
      />
      <Figure
        tone={row.missedMinor > 0 ? 'lost' : undefined}
        label={t('money.missed')}
        amount={format.money(row.missedMinor, currency)}
        help={t('money.missedHelp', { count: row.missed, since })}
      />
      <Figure
        tone={row.savedMinor > 0 ? 'saved' : undefined}
        label={t('money.saved')}
        amount={format.money(row.savedMinor, currency)}
        help={t('money.savedHelp', { count: row.saved })}
      />
      <NextCliff cliffs={cliffs} currency={currency} />
    </div>
  );
}

function Figure({ label, amount, help, tone }: { label: string; amount: string; help: string; tone?: string }) {
  return (
    <dl className={tone ? `figure ${tone}` : 'figure'}>
      <dt>{label}</dt>
      <dd className="amount">{amount}</dd>
      <dd className="quiet">{help}</dd>
    </dl>
  );
}

function NextCliff({ cliffs, currency }: { cliffs: CliffRow[]; currency: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [next] = cliffs;
  return (
    <div className="figure cliff">
      <div>
        <p className="label">{t('cliff.title')}</p>
        {next ? (
          <>
            <p className="amount">
              <TimeLeft at={next.firstDueAt} />
            </p>
            <p className="quiet">
              {format.money(next.projectedMinor, currency)} · {format.time(next.firstDueAt)}
              <br />
              {t('cliff.within', { count: next.open })}
            </p>
          </>
        ) : (
          <p className="quiet">{t('cliff.none')}</p>
        )}
      </div>
      {next && <CliffChart cliffs={cliffs} currency={currency} />}
    </div>
  );
}

function Feeds() {
  const { t } = useTranslation();
  const format = useFormat();
  const feeds = useFeeds();
  if (!feeds.data || feeds.data.rows.length === 0) return null;
  return (
    <div className="feeds">
      <h3 id="feeds-title">{t('feeds.title')}</h3>
      <ul aria-labelledby="feeds-title">
        {feeds.data.rows.map((feed) => (
          <li key={feed.warehouseId} className={feed.silent ? 'silent' : ''}>
            <span className="dot" aria-hidden="true" />
            <strong>{feed.warehouseId}</strong>{' '}
            {feed.silentMs === null
              ? t('feeds.never')
              : t(feed.silent ? 'feeds.silent' : 'feeds.fresh', { ago: format.duration(feed.silentMs) })}
            <span className="quiet"> · {t('feeds.waiting', { count: feed.openDeadlines })}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
