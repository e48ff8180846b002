import type { Me, QuarantineRow } from '#contracts';
import { faultText } from '#fault-texts';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { command, read } from '../api/client.ts';
import { useHeld } from '../api/queries.ts';
import { Empty, Read, useProblemText } from '../components/states.tsx';
import { useFormat } from '../format/use-format.ts';
import { useLanguage } from '../i18n/index.ts';

/** What arrived but could not be read. Nothing is ever dropped; a person decides. */
export function Held({ me }: { me: Me }) {
  const { t } = useTranslation();
  const held = useHeld();
  const [told, setTold] = useState('');
  const tell = (text: string): void => {
    setTold(text);
    // The entry is going, and with it the button that had the focus.
    document.getElementById('side-panel')?.focus();
  };
  return (
    <>
      <p className="only-read" role="status">
        {told}
      </p>
      <Read queries={[held]}>
        {({ rows, nextCursor }) =>
          rows.length === 0 ? (
            <Empty text={t('held.empty')} />
          ) : (
            <>
              <ul className="held">
                {rows.map((row) => (
                  <HeldEntry key={row.quarantineId} row={row} canAct={me.canWrite} onSettled={tell} />
                ))}
              </ul>
              {nextCursor && <p className="quiet">{t('held.more', { count: rows.length })}</p>}
            </>
          )
        }
      </Read>
    </>
  );
}

interface HeldEntryProps {
  row: QuarantineRow;
  canAct: boolean;
  onSettled: (text: string) => void;
}

function HeldEntry({ row, canAct, onSettled }: HeldEntryProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const language = useLanguage();
  const [settling, setSettling] = useState<'replay' | 'dismiss'>();
  const [isShown, setShown] = useState(false);
  return (
    <li>
      <strong>{t([`held.from.${row.channel}`, 'held.from.other'], { channel: row.channel })}</strong>{' '}
      <span className="quiet">{t('held.arrived', { time: format.time(row.arrivedAt) })}</span>
      <ul className="faults">
        {row.faults.map((fault) => (
          <li key={`${fault.pointer} ${fault.detail}`}>
            {fault.pointer && <code>{fault.pointer}</code>} {faultText(fault, language)}
          </li>
        ))}
        {row.faults.length === 0 && <li>{row.reason}</li>}
      </ul>
      {isShown && <RawText id={row.quarantineId} />}
      <div className="choices">
        <button type="button" aria-expanded={isShown} onClick={() => setShown(!isShown)}>
          {t(isShown ? 'held.hide' : 'held.show')}
        </button>
        {canAct &&
          (['replay', 'dismiss'] as const).map((choice) => (
            <button key={choice} type="button" onClick={() => setSettling(choice)}>
              {t(`held.${choice}`)}
            </button>
          ))}
      </div>
      {settling && (
        <Settle id={row.quarantineId} choice={settling} onCancel={() => setSettling(undefined)} onSettled={onSettled} />
      )}
    </li>
  );
}

function RawText({ id }: { id: string }) {
  const { t } = useTranslation();
  const detail = useQuery({
    queryKey: ['held', 'detail', id],
    queryFn: () => read<{ rawText: string | null }>(`/v1/quarantine/${id}`),
  });
  return (
    <Read queries={[detail]}>
      {({ rawText }) => (
        <pre className="raw-text" tabIndex={0} aria-label={t('held.raw')}>
          {rawText ?? t('held.nothing')}
        </pre>
      )}
    </Read>
  );
}

interface SettleProps {
  id: string;
  choice: 'replay' | 'dismiss';
  onCancel: () => void;
  onSettled: (text: string) => void;
}

function Settle({ id, choice, onCancel, onSettled }: SettleProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const problemText = useProblemText();
  const [reason, setReason] = useState('');
  const settle = useMutation({
    mutationFn: () => command(`/v1/quarantine/${id}/${choice}`, { reason: reason.trim() }),
    onSuccess: () => {
      onSettled(t(choice === 'replay' ? 'held.replayed' : 'held.dismissed'));
      return client.invalidateQueries({ queryKey: ['held'] });
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (reason.trim()) settle.mutate();
  };
  return (
    <form className="inline-form" onSubmit={submit}>
      <label>
        {t(`held.reasonFor.${choice}`)}
        <input required autoFocus maxLength={500} value={reason} onChange={(event) => setReason(event.target.value)} />
      </label>
      <button type="submit" className="primary" disabled={settle.isPending}>
        {t(`held.${choice}`)}
      </button>
      <button type="button" onClick={onCancel}>
        {t('action.cancel')}
      </button>
      {settle.error && (
        <p className="problem" role="alert">
          {problemText(settle.error)}
        </p>
      )}
    </form>
  );
}
