import type { PointsAnswer } from '#contracts';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../format/use-format.ts';
import { Effects } from './rate-card.tsx';
import { useLanguage } from '../i18n/index.ts';

/** A point balance of one shop: what counts, what is next, when points lapse. */
export function PointsCard({ points }: { points: PointsAnswer['rows'][number] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const language = useLanguage();
  const { balance, projectedBalance, next, nextLapse, effects, origin } = points;
  return (
    <article className={effects.length > 0 ? 'rate crossed' : 'rate'}>
      <header>
        <strong>{points.title[language]}</strong>
        <span className="quiet">{t(`budget.${origin}`)}</span>
      </header>
      <p className="rate-now">
        <span className="big">{t('budget.balance', { count: balance })}</span>
        {projectedBalance !== balance && (
          <span className="quiet">{t('budget.atRisk', { count: projectedBalance })}</span>
        )}
      </p>
      {next && <p className="budget-left">{t('budget.away', { count: next.away, at: next.at })}</p>}
      {effects.length > 0 && <Effects title={t('budget.inForce')} effects={effects} language={language} />}
      {next && next.effects.length > 0 && (
        <Effects title={t('budget.crossing', { limit: next.at })} effects={next.effects} language={language} />
      )}
      {nextLapse && (
        <p className="quiet">{t('budget.lapse', { count: nextLapse.points, time: format.time(nextLapse.at) })}</p>
      )}
      <details>
        <summary>{t('budget.why')}</summary>
        <ol className="explanation">
          {points.explanation[language].map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ol>
      </details>
    </article>
  );
}
