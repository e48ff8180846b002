import type { Me, QuarantineRow } from '#contracts';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { command, read } from '../api/client.ts';
import { useHeld } from '../api/queries.ts';
import { Empty, Failure, Loading, useProblemText } from '../components/states.tsx';
import { useFormat } from '../format/use-format.ts';

/** What arrived but could not be read. Nothing is ever dropped; a person decides. */
export function Held({ me }: { me: Me }) {
  const { t } = useTranslation();
  const isOps = me.role === 'ops';
  const held = useHeld(isOps);
  if (!isOps) return <Empty text={t('held.opsOnly')} />;
  if (held.isPending) return <Loading />;
  const failure = held.isError && <Failure error={held.error} retry={() => void held.refetch()} />;
  if (!held.data) return failure;
  if (held.data.rows.length === 0) return failure || <Empty text={t('held.empty')} />;
  return (
    <>
      {failure}
      <ul className="held">
        {held.data.rows.map((row) => (
          <HeldEntry key={row.quarantineId} row={row} canAct={me.canWrite} />
        ))}
      </ul>
      {held.data.nextCursor && <p className="quiet">{t('held.more', { count: held.data.rows.length })}</p>}
    </>
  );
}

function HeldEntry({ row, canAct }: { row: QuarantineRow; canAct: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [settling, setSettling] = useState<'replay' | 'dismiss'>();
  const [isShown, setShown] = useState(false);
  return (
    <li>
      <strong>{row.reason}</strong>{' '}
      <span className="quiet">
        {row.channel} · {t('held.arrived', { time: format.time(row.arrivedAt) })}
      </span>
      <ul className="faults">
        {row.faults.map(({ pointer, detail }) => (
          <li key={`${pointer} ${detail}`}>
            {pointer && <code>{pointer}</code>} {detail}
          </li>
        ))}
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
      {settling && <Settle id={row.quarantineId} choice={settling} onCancel={() => setSettling(undefined)} />}
    </li>
  );
}

function RawText({ id }: { id: string }) {
  const detail = useQuery({
    queryKey: ['held', 'detail', id],
    queryFn: () => read<{ rawText: string | null }>(`/v1/quarantine/${id}`),
  });
  return (
    <pre className="raw-text" tabIndex={0}>
      {detail.data?.rawText ?? '…'}
    </pre>
  );
}

function Settle({ id, choice, onCancel }: { id: string; choice: 'replay' | 'dismiss'; onCancel: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const problemText = useProblemText();
  const [reason, setReason] = useState('');
  const settle = useMutation({
    mutationFn: () => command(`/v1/quarantine/${id}/${choice}`, { reason: reason.trim() }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['held'] }),
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
