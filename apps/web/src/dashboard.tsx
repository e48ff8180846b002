import type { Me } from '#contracts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { LiveRegion } from './components/live-region.tsx';
import { ZoneChoice } from './format/use-format.ts';
import { useLiveChanges } from './live/changes.ts';
import { MoneyStrip } from './money-strip.tsx';
import { QueuePanel } from './queue/queue-panel.tsx';
import { useOpenOrder } from './shipment/open-order.ts';
import { ShipmentPanel } from './shipment/shipment-panel.tsx';
import { SideTabs } from './side/side-tabs.tsx';
import { TopBar } from './top-bar.tsx';

const REMEMBERED_ZONE = 'fineline.zone';

export function Dashboard({ me, isOver }: { me: Me; isOver: boolean }) {
  const { t } = useTranslation();
  const live = useLiveChanges(isOver);
  const [zone, setZone] = useState(localStorage.getItem(REMEMBERED_ZONE) ?? 'rule');
  const [orderId, openOrder] = useOpenOrder();
  const chooseZone = (choice: string): void => {
    localStorage.setItem(REMEMBERED_ZONE, choice);
    setZone(choice);
  };
  return (
    <ZoneChoice value={zone}>
      <a className="skip" href="#queue">
        {t('skip')}
      </a>
      <TopBar me={me} live={live} zone={zone} onZone={chooseZone} />
      <main className={orderId ? 'page with-shipment' : 'page'}>
        <MoneyStrip me={me} />
        <div className="columns">
          <QueuePanel me={me} heard={live.heard} openOrderId={orderId} onOpen={openOrder} />
          {orderId ? (
            <ShipmentPanel key={orderId} orderId={orderId} me={me} onClose={() => openOrder(undefined)} />
          ) : (
            <SideTabs me={me} />
          )}
        </div>
      </main>
      <LiveRegion heard={live.heard} />
    </ZoneChoice>
  );
}
