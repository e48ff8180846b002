import type { Me } from '#contracts';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { command } from './api/client.ts';
import { LanguageSwitch } from './components/language-switch.tsx';
import { Mark } from './components/mark.tsx';
import { useProblemText } from './components/states.tsx';
import type { Live } from './live/changes.ts';
import { clockSpeed } from './live/clock.ts';

const OTHER_ZONES = [
  'UTC',
  'America/New_York',
  'America/Los_Angeles',
  'Europe/London',
  'Europe/Berlin',
  'Asia/Shanghai',
];

interface TopBarProps {
  me: Me;
  live: Live;
  zone: string;
  onZone: (zone: string) => void;
}

export function TopBar({ me, live, zone, onZone }: TopBarProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const problemText = useProblemText();
  const signOut = useMutation({
    mutationFn: () => command('/v1/session', {}, 'DELETE'),
    onSuccess: () => {
      client.clear();
      location.reload();
    },
  });
  return (
    <header className="top-bar">
      <div className="brand">
        <Mark />
        <h1>{t('brand')}</h1>
      </div>
      <div className="who">
        <strong>{me.tenantName}</strong>
        <span>
          {me.name} · {t(`role.${me.role}`, { id: me.sellerId ?? me.warehouseId ?? '' })}
        </span>
      </div>
      <LiveBadge live={live} />
      <div className="tools">
        <ZoneSelect me={me} zone={zone} onZone={onZone} />
        <LanguageSwitch />
        {me.session && (
          <button type="button" className="plain" disabled={signOut.isPending} onClick={() => signOut.mutate()}>
            {t('signOut')}
          </button>
        )}
        <span role="alert">{signOut.error ? problemText(signOut.error) : ''}</span>
      </div>
    </header>
  );
}

function LiveBadge({ live }: { live: Live }) {
  const { t } = useTranslation();
  const speed = clockSpeed();
  return (
    <span className={`live ${live.state}`} role="status">
      <span className="dot" aria-hidden="true" />
      {t(`live.${live.state}`)}
      {live.state === 'on' && speed > 1 && <span className="quiet"> · {t('live.fast', { speed })}</span>}
    </span>
  );
}

function ZoneSelect({ me, zone, onZone }: Pick<TopBarProps, 'me' | 'zone' | 'onZone'>) {
  const { t } = useTranslation();
  const mine = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const others = OTHER_ZONES.filter((name) => name !== mine && name !== me.timeZone);
  return (
    <label className="zone">
      <span className="only-read">{t('zone')}</span>
      <select value={zone} onChange={(event) => onZone(event.target.value)}>
        <option value="rule">{t('zoneOfRule')}</option>
        <option value={mine}>{t('zoneMine', { zone: mine })}</option>
        {me.timeZone !== mine && <option value={me.timeZone}>{t('zoneTenant', { zone: me.timeZone })}</option>}
        {others.map((name) => (
          <option key={name}>{name}</option>
        ))}
      </select>
    </label>
  );
}
