import type { Me, OrderDetail } from '#contracts';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useOrder } from '../api/queries.ts';
import { Read } from '../components/states.tsx';
import { useFormat } from '../format/use-format.ts';
import { DeadlineCard } from './deadline-card.tsx';
import { Parcels } from './parcels.tsx';
import { Timeline } from './timeline.tsx';
import { WhatIf } from './what-if.tsx';

interface ShipmentPanelProps {
  orderId: string;
  me: Me;
  onClose: () => void;
}

const URGENCY = ['missed', 'open', 'waived', 'met', 'void'];

/** Everything known about one order, and why each of its deadlines is what it is. */
export function ShipmentPanel({ orderId, me, onClose }: ShipmentPanelProps) {
  const { t } = useTranslation();
  const order = useOrder(orderId);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <aside
      className="shipment panel"
      aria-labelledby="shipment-title"
      onKeyDown={(event) => event.key === 'Escape' && onClose()}
    >
      <div className="panel-head">
        <h2 id="shipment-title" tabIndex={-1} ref={heading}>
          <span className="quiet">{t('shipment.title')}</span> <span className="id">{orderId}</span>
        </h2>
        <button type="button" className="plain" onClick={onClose}>
          {t('shipment.close')}
        </button>
      </div>
      <Read queries={[order]}>{(order) => <Shipment order={order} me={me} />}</Read>
    </aside>
  );
}

function Shipment({ order, me }: { order: OrderDetail; me: Me }) {
  const { t } = useTranslation();
  const deadlines = [...order.deadlines].sort(
    (one, other) => URGENCY.indexOf(one.status) - URGENCY.indexOf(other.status) || one.dueAt.localeCompare(other.dueAt),
  );
  const zone = deadlines[0]?.zone ?? null;
  return (
    <>
      <Facts order={order} zone={zone} />
      <h3>{t('shipment.deadlines')}</h3>
      {deadlines.length === 0 && <p className="quiet">{t('shipment.noDeadlines')}</p>}
      {deadlines.map((deadline, index) => (
        <DeadlineCard
          key={`${deadline.ruleId} ${deadline.parcelId ?? ''}`}
          deadline={deadline}
          me={me}
          startsOpen={index === 0}
        />
      ))}
      {order.parcels.length > 0 && deadlines.some(({ status }) => status === 'open') && <WhatIf order={order} />}
      <h3>{t('shipment.parcels')}</h3>
      <Parcels order={order} zone={zone} />
      <h3>{t('shipment.timeline')}</h3>
      <Timeline entries={order.timeline} zone={zone} />
    </>
  );
}

function Facts({ order, zone }: { order: OrderDetail; zone: string | null }) {
  const { t } = useTranslation();
  const format = useFormat();
  const facts: [string, string | null][] = [
    [t('queue.platform'), [order.platform, order.market, order.program].filter(Boolean).join(' · ') || null],
    [t('shipment.seller'), order.sellerId],
    [t('shipment.warehouse'), order.warehouseId],
    [t('shipment.carrier'), order.carrier],
    [t('shipment.placed'), order.placedAt && format.time(order.placedAt, zone)],
    [t('shipment.route'), [placeOf(order.shipFrom), placeOf(order.shipTo)].filter(Boolean).join(' → ') || null],
    [t('shipment.value'), goodsOf(order)],
  ];
  function goodsOf({ currency, lines }: OrderDetail): string | null {
    if (!currency || lines.length === 0) return null;
    const count = lines.reduce((sum, { quantity }) => sum + quantity, 0);
    const value = lines.reduce((sum, { quantity, unitPriceMinor }) => sum + quantity * unitPriceMinor, 0);
    return t('shipment.goods', { count, amount: format.money(value, currency) });
  }
  return (
    <dl className="facts">
      {facts
        .filter(([, value]) => value)
        .map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

function placeOf(place: Record<string, unknown> | null): string {
  return [place?.['city'], place?.['region'], place?.['country']].filter((part) => typeof part === 'string').join(', ');
}
