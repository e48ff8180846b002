import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../format/use-format.ts';
import type { Rate } from './budget.tsx';
import { useLanguage } from '../i18n/index.ts';

/** One rate of one shop: where it stands, where it is going, and what lies behind the next limit. */
export function RateCard({ rate }: { rate: Rate }) {
  const { t } = useTranslation();
  const format = useFormat();
  const language = useLanguage();
  const { next, numerator, denominator, gated } = rate;
  return (
    <article className={rate.inBand ? 'rate crossed' : 'rate'}>
      <header>
        <strong>{rate.title?.[language] ?? rate.rateId}</strong>
        <span className="quiet">{t(`budget.${rate.origin}`)}</span>
      </header>
      <p className="rate-now">
        <span className="big">{format.percent(rate.rate)}</span>
        {denominator !== null && denominator > 0 && (
          <span className="quiet">{t('budget.of', { numerator, denominator })}</span>
        )}
      </p>
      <Meter rate={rate} />
      {rate.projectedRate !== null && Number(rate.projectedRate) !== Number(rate.rate) && (
        <p className="quiet">{t('budget.projected', { rate: format.percent(rate.projectedRate) })}</p>
      )}
      <p className={rate.budget === 0 && next ? 'budget-left none' : 'budget-left'}>{useBudgetText(rate)}</p>
      {rate.effects.length > 0 && <Effects title={t('budget.inForce')} effects={rate.effects} language={language} />}
      {next && next.effects.length + gated.length > 0 && (
        <Effects
          title={t('budget.crossing', { limit: format.limit(next.comparison, next.threshold) })}
          effects={next.effects}
          language={language}
        >
          {gated.map(({ ruleId, currency, amountMinor, deadlines }) => (
            <li key={`${ruleId} ${currency}`}>
              {t('budget.money', { amount: format.money(amountMinor, currency), count: deadlines, rule: ruleId })}
            </li>
          ))}
        </Effects>
      )}
      {rate.nextEvaluationAt && (
        <p className="quiet">{t('budget.evaluated', { time: format.time(rate.nextEvaluationAt) })}</p>
      )}
    </article>
  );
}

function useBudgetText({ budget, next, counts }: Rate): string {
  const { t } = useTranslation();
  const { what, unit } = counts ?? { what: 'other', unit: 'orders' };
  const words = (count: number) => ({
    count,
    what: t(`budget.what.${what}`),
    unit: t(`budget.unit.${unit}`, { count }),
  });
  if (!next) return t('budget.beyond', words(2));
  if (budget === null) return t('budget.unknown');
  return budget === 0 ? t('budget.none', words(1)) : t('budget.left', words(budget));
}

/** Now, what is to come, and the limit on one line; said in words for those who do not see it. */
function Meter({ rate: { rate, projectedRate, next } }: { rate: Rate }) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = Number(rate ?? 0);
  const ahead = Number(projectedRate ?? rate ?? 0);
  const limit = next ? Number(next.threshold) : undefined;
  const falls = next?.comparison.startsWith('<') ?? now > 0.5;
  // A rate of what was met lives close to 100%: only the part around the limit is worth the width.
  const from = falls ? Math.min(now, ahead, limit ?? 1) - 0.02 : 0;
  const to = falls ? 1 : Math.max(now, ahead, limit ?? 0) * 1.25 || 0.1;
  const place = (share: number): string => `${Math.min(100, Math.max(0, ((share - from) / (to - from)) * 100))}%`;
  const said = { rate: format.percent(rate), projected: format.percent(projectedRate ?? rate) };
  const label = next
    ? t('budget.meter', { ...said, limit: format.limit(next.comparison, next.threshold) })
    : t('budget.meterAlone', said);
  return (
    <div className="meter" role="img" aria-label={label}>
      <span className="ahead" style={{ width: place(Math.max(now, ahead)) }} />
      <span className="now" style={{ width: place(Math.min(now, ahead)) }} />
      {limit !== undefined && <span className="limit" style={{ left: place(limit) }} />}
    </div>
  );
}

type Shown = Rate['effects'];

interface EffectsProps {
  title: string;
  effects: Shown;
  language: 'en' | 'zh';
  children?: ReactNode;
}

export function Effects({ title, effects, language, children }: EffectsProps) {
  return (
    <div className="effects">
      <h4>{title}</h4>
      <ul>
        {effects.map(({ kind, values }) => (
          <li key={`${kind} ${String(values['en'])}`}>{String(values[language] ?? kind)}</li>
        ))}
        {children}
      </ul>
    </div>
  );
}
