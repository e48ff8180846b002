import type { CommandAnswer, Me } from '#contracts';
import { useMutation } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { command } from '../api/client.ts';
import type { QueueRow } from '../api/queries.ts';
import { useProblemText } from '../components/states.tsx';
import { useFormat } from '../format/use-format.ts';
import { serverNow } from '../live/clock.ts';
import { LOT, inLots } from './in-lots.ts';

export type Action = 'acknowledge' | 'snooze' | 'assign';
const REMEMBERED_NAME = 'fineline.name';
const SNOOZE_HOURS = [1, 2, 4, 8, 24];

interface ActionDialogProps {
  action: Action;
  rows: QueueRow[];
  me: Me;
  onClose: () => void;
  onDone: (text: string) => void;
}

/** Asks for who, why and until when, then sends commands for all the rows, lot by lot, and shows how far it is. */
export function ActionDialog({ action, rows, me, onClose, onDone }: ActionDialogProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const problemText = useProblemText();
  const dialog = useRef<HTMLDialogElement>(null);
  const [by, setBy] = useState(localStorage.getItem(REMEMBERED_NAME) ?? me.name);
  const [note, setNote] = useState('');
  const [to, setTo] = useState('');
  const [hours, setHours] = useState(2);
  const [done, setDone] = useState(0);
  const answers = useRef<CommandAnswer[]>([]);
  const isCancelled = useRef(false);
  useEffect(() => dialog.current?.showModal(), []);

  const send = useMutation({
    mutationFn: () => {
      const ids = rows.flatMap(({ escalationId }) => escalationId ?? []);
      const path = `/v1/escalations/${action}`;
      const act = (lot: readonly string[]) => command<CommandAnswer>(path, { ids: lot, ...body() });
      return inLots(ids, answers.current, act, setDone, () => !isCancelled.current);
    },
    onSuccess: () => {
      localStorage.setItem(REMEMBERED_NAME, by);
      onDone(t('action.done', { ...total(answers.current) }));
      dialog.current?.close();
    },
  });
  const body = (): object => ({
    by: by.trim() || undefined,
    note: note.trim() || undefined,
    ...(action === 'snooze' && { until: new Date(serverNow() + hours * 3_600_000).toISOString() }),
    ...(action === 'assign' && { to: to.trim() }),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    send.mutate();
  };
  const close = (): void => {
    isCancelled.current = true;
    onClose();
  };
  const [only] = rows;
  const what = rows.length === 1 && only ? only.orderId : t('action.rows', { count: rows.length });
  return (
    <dialog ref={dialog} className="dialog" aria-labelledby="dialog-title" onClose={close}>
      <form onSubmit={submit}>
        <h2 id="dialog-title">{t(`action.title.${action}`, { what })}</h2>
        {action === 'snooze' && (
          <label>
            {t('action.until')}
            <select value={hours} autoFocus onChange={(event) => setHours(Number(event.target.value))}>
              {SNOOZE_HOURS.map((choice) => (
                <option key={choice} value={choice}>
                  {t('action.untilIn', { hours: choice })} — {format.time(serverNow() + choice * 3_600_000)}
                </option>
              ))}
            </select>
          </label>
        )}
        {action === 'assign' && (
          <label>
            {t('action.to')}
            <input required autoFocus maxLength={80} value={to} onChange={(event) => setTo(event.target.value)} />
          </label>
        )}
        <label>
          {t('action.note')}
          <textarea
            rows={2}
            maxLength={500}
            autoFocus={action === 'acknowledge'}
            value={note}
            onChange={(event) => setNote(event.target.value)}
          />
        </label>
        <label>
          {t('action.by')}
          <input maxLength={80} autoComplete="name" value={by} onChange={(event) => setBy(event.target.value)} />
        </label>
        {rows.length > LOT && (send.isPending || done > 0) && (
          <p className="quiet" role="status">
            <progress max={rows.length} value={done} aria-hidden="true" />{' '}
            {t('action.progress', { done, count: rows.length })}
          </p>
        )}
        <p className="problem" role="alert">
          {send.error ? problemText(send.error) : ''}
        </p>
        <div className="dialog-buttons">
          <button type="button" onClick={() => dialog.current?.close()}>
            {t('action.cancel')}
          </button>
          <button type="submit" className="primary" disabled={send.isPending}>
            {t(`action.${action}`)}
          </button>
        </div>
      </form>
    </dialog>
  );
}

function total(answers: readonly CommandAnswer[]): CommandAnswer {
  const sum = (of: keyof CommandAnswer): number => answers.reduce((all, answer) => all + answer[of], 0);
  return { changed: sum('changed'), unchanged: sum('unchanged'), notFound: sum('notFound') };
}
