import type { OrderDetail } from '#contracts';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../format/use-format.ts';

export function Parcels({ order, zone }: { order: OrderDetail; zone: string | null }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (order.parcels.length === 0) return <p className="quiet">{t('shipment.noParcels')}</p>;
  return (
    <ul className="parcels">
      {order.parcels.map(({ trackingNumber, carrier, uploadedAt, replacedBy, scans }) => {
        const latest = scans.at(-1);
        return (
          <li key={trackingNumber} className={replacedBy ? 'replaced' : ''}>
            <span className="id">{trackingNumber}</span> <span className="quiet">{carrier}</span>
            <p>
              {latest ? (
                <>
                  <strong>{t(`stage.${latest.stage}`)}</strong> {format.time(latest.at, zone)}{' '}
                  <span className="quiet">{t(`strength.${latest.strength}`)}</span>
                </>
              ) : (
                t('shipment.noScan')
              )}
            </p>
            <p className="quiet">
              {t('shipment.uploaded', { time: format.time(uploadedAt, zone) })}
              {replacedBy && ` · ${t('shipment.replacedBy', { number: replacedBy })}`}
            </p>
          </li>
        );
      })}
    </ul>
  );
}
