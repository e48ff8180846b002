import type { PointsAnswer, RatesAnswer } from '#contracts';
import { useTranslation } from 'react-i18next';
import { usePoints, useRates } from '../api/queries.ts';
import { Empty, Read } from '../components/states.tsx';
import { PointsCard } from './points-card.tsx';
import { RateCard } from './rate-card.tsx';

export type Rate = RatesAnswer['rows'][number];

/** How much each shop can still afford of what counts against it, and what the next one sets off. */
export function Budget() {
  const rates = useRates();
  const points = usePoints();
  return (
    <Read queries={[rates, points]}>
      {(rates, points) => <Shops rates={ratesInUse(rates.rows)} points={points.rows} />}
    </Read>
  );
}

function Shops({ rates, points }: { rates: Rate[]; points: PointsAnswer['rows'] }) {
  const { t } = useTranslation();
  const shops = [...new Set([...rates, ...points].map(({ shopId }) => shopId))];
  if (shops.length === 0) return <Empty text={t('budget.empty')} />;
  return (
    <div className="budget">
      {shops.map((shop) => (
        <section key={shop} aria-label={t('budget.shop', { shop })}>
          <h3>{t('budget.shop', { shop })}</h3>
          {rates.map((rate) => rate.shopId === shop && <RateCard key={rate.rateId} rate={rate} />)}
          {points.map((row) => row.shopId === shop && <PointsCard key={row.pointsId} points={row} />)}
        </section>
      ))}
    </div>
  );
}

/** The one fines follow, with what our own count knows of open orders; the shop nearest to a limit comes first. */
function ratesInUse(rows: readonly Rate[]): Rate[] {
  const cards = rows
    .filter(({ inUse, title }) => inUse && title !== null)
    .map((rate) => {
      const own = rows.find(({ rateId, shopId, origin }) => {
        return rateId === rate.rateId && shopId === rate.shopId && origin === 'computed';
      });
      return {
        ...rate,
        budget: rate.budget ?? own?.budget ?? null,
        projectedRate: own?.projectedRate ?? rate.projectedRate,
      };
    });
  return cards.sort((a, b) => urgency(a) - urgency(b));
}

function urgency({ inBand, budget }: Rate): number {
  return (inBand ? 0 : 1_000_000) + (budget ?? 999_999);
}
