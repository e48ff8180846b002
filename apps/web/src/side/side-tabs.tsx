import type { Me } from '#contracts';
import type { KeyboardEvent } from 'react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useHeldCount } from '../api/queries.ts';
import { useFormat } from '../format/use-format.ts';
import { Budget } from './budget.tsx';
import { Exposure } from './exposure.tsx';
import { Held } from './held.tsx';
import { TryIt } from './try-it.tsx';

const TABS = ['exposure', 'budget', 'held', 'try'] as const;
type Tab = (typeof TABS)[number];
/** What has something for whom: rates and what is held are for operations, and a warehouse may not send orders to try it with. */
const TABS_OF: Record<Me['role'], readonly Tab[]> = {
  ops: TABS,
  seller: ['exposure', 'try'],
  warehouse: ['exposure'],
};

/** What stands beside the queue while no shipment is open. */
export function SideTabs({ me }: { me: Me }) {
  const { t } = useTranslation();
  const format = useFormat();
  const tabs = TABS_OF[me.role];
  const [tab, setTab] = useState<Tab>('exposure');
  const held = useHeldCount(me.role === 'ops').data?.held ?? 0;
  const onKey = (event: KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    const next = tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length] as Tab;
    setTab(next);
    document.getElementById(`tab-${next}`)?.focus();
  };
  return (
    <aside className="side panel">
      <div className="tabs" role="tablist" onKeyDown={onKey}>
        {tabs.map((name) => (
          <button
            key={name}
            id={`tab-${name}`}
            type="button"
            role="tab"
            aria-selected={tab === name}
            aria-controls="side-panel"
            tabIndex={tab === name ? 0 : -1}
            onClick={() => setTab(name)}
          >
            {t(`side.${name}`)}
            {name === 'held' && held > 0 && <span className="badge">{format.number(held)}</span>}
          </button>
        ))}
      </div>
      <div id="side-panel" role="tabpanel" aria-labelledby={`tab-${tab}`} tabIndex={0}>
        {tab === 'exposure' && <Exposure />}
        {tab === 'budget' && <Budget />}
        {tab === 'held' && <Held me={me} />}
        {tab === 'try' && <TryIt me={me} />}
      </div>
    </aside>
  );
}
