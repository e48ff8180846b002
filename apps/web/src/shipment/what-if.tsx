import type { OrderDetail, WhatIfAnswer } from '#contracts';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { command } from '../api/client.ts';
import { useProblemText } from '../components/states.tsx';
import { useFormat } from '../format/use-format.ts';
import { serverNow } from '../live/clock.ts';
import { useLanguage } from '../i18n/index.ts';

const HOURS = [0, 2, 6, 12, 24];

/** Asks what a scan at some hour would change; nothing is stored. */
export function WhatIf({ order }: { order: OrderDetail }) {
  const { t } = useTranslation();
  const format = useFormat();
  const problemText = useProblemText();
  const language = useLanguage();
  const ask = useMutation({
    mutationFn: async (hours: number) => {
      const scannedAt = new Date(serverNow() + hours * 3_600_000).toISOString();
      const path = `/v1/orders/${encodeURIComponent(order.orderId)}/what-if`;
      return { scannedAt, answer: await command<WhatIfAnswer>(path, { scannedAt }) };
    },
  });
  return (
    <section className="what-if" aria-labelledby="what-if-title">
      <h3 id="what-if-title">{t('shipment.whatIf')}</h3>
      <div className="choices">
        {HOURS.map((hours) => (
          <button key={hours} type="button" onClick={() => ask.mutate(hours)}>
            {hours === 0 ? t('shipment.whatIfNow') : t('shipment.whatIfIn', { hours })}
          </button>
        ))}
      </div>
      <div role="status">
        {ask.error && <p className="problem">{problemText(ask.error)}</p>}
        {ask.data?.answer.after.map(({ ruleId, parcelId, title, status, fine, zone }) => (
          <p key={`${ruleId} ${parcelId ?? ''}`}>
            <strong>{title[language]}</strong>{' '}
            {t('shipment.whatIfResult', {
              time: format.time(ask.data.scannedAt, zone),
              status: t(`status.${status}`),
              amount: format.money(fine.amountMinor, fine.currency),
            })}
          </p>
        ))}
      </div>
    </section>
  );
}
