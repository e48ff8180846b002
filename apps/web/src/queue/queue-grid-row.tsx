import { useTranslation } from 'react-i18next';
import type { QueueRow } from '../api/queries.ts';
import { StatusPill } from '../components/status-pill.tsx';
import { TimeLeft } from '../components/time-left.tsx';
import { useFormat } from '../format/use-format.ts';
import { useLanguage } from '../i18n/index.ts';
import type { Action } from './action-dialog.tsx';

interface QueueGridRowProps {
  row: QueueRow;
  index: number;
  height: number;
  isActive: boolean;
  isSelected: boolean;
  isOpen: boolean;
  canAct: boolean;
  onFocus: () => void;
  onToggle: () => void;
  onOpen: () => void;
  onAct: (action: Action) => void;
}

export function QueueGridRow(props: QueueGridRowProps) {
  const { row, index, isSelected } = props;
  const { t } = useTranslation();
  const language = useLanguage();
  const format = useFormat();
  const isBreach = row.status === 'open' && row.step === 'breach';
  const title = row.ruleTitle?.[language];
  return (
    <div
      className={props.isOpen ? 'grid-row open' : 'grid-row'}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      data-index={index}
      tabIndex={props.isActive ? 0 : -1}
      style={{ height: props.height }}
      onFocus={props.onFocus}
      onClick={props.onOpen}
    >
      <span role="gridcell" className="cell-check" onClick={(event) => event.stopPropagation()}>
        <input
          type="checkbox"
          tabIndex={props.isActive ? 0 : -1}
          aria-label={t('queue.selectRow', { order: row.orderId })}
          checked={isSelected}
          onChange={props.onToggle}
        />
      </span>
      <span role="gridcell" className="cell-left">
        <TimeLeft at={row.dueAt} />
        <small>{format.time(row.dueAt, row.zone)}</small>
      </span>
      <span role="gridcell" className="cell-fine">
        <strong>{format.money(row.expectedMinor, row.currency)}</strong>
        <small>{stakeOf(row)}</small>
      </span>
      <span role="gridcell" className="cell-order">
        <span className="id">{row.orderId}</span>
        {row.parcelId && <small className="id">{row.parcelId}</small>}
        {!row.parcelId && row.carrier && <small>{row.carrier}</small>}
      </span>
      <span role="gridcell" className="cell-rule" title={title}>
        <span>{title ?? row.ruleId}</span>
        <small>
          {row.platform} · {row.ruleId}
        </small>
      </span>
      <span role="gridcell" className="cell-where">
        <span>{row.warehouseId ?? '—'}</span>
        <small>{row.sellerId ?? '—'}</small>
      </span>
      <span role="gridcell" className="cell-status">
        {isBreach ? <span className="pill missed">{t('step.breach')}</span> : <StatusPill status={row.status} />}
        <small title={row.note ?? undefined}>{detailOf(row)}</small>
      </span>
      {props.canAct && (
        <span role="gridcell" className="cell-actions" onClick={(event) => event.stopPropagation()}>
          {(['acknowledge', 'snooze', 'assign'] as const).map((action) => (
            <button key={action} type="button" tabIndex={-1} onClick={() => props.onAct(action)}>
              {t(`action.${action}`)}
            </button>
          ))}
        </span>
      )}
    </div>
  );

  function stakeOf({ status, amountMinor, expectedMinor, currency }: QueueRow): string {
    const amount = format.money(amountMinor, currency);
    if (!isBreach && status !== 'missed') return t('queue.ifMissed', { amount });
    return amountMinor === expectedMinor ? t('queue.asMissed') : t('queue.atMost', { amount });
  }

  function detailOf({ status, assignedTo, snoozedUntil, acknowledgedBy, step }: QueueRow): string {
    if (status === 'snoozed' && snoozedUntil) return t('queue.until', { time: format.time(snoozedUntil, row.zone) });
    if (assignedTo) return t('queue.assigned', { name: assignedTo });
    if (status === 'acknowledged' && acknowledgedBy) return acknowledgedBy;
    const hours = /^t-(\d+)h$/.exec(step ?? '')?.[1];
    if (hours) return t('step.before', { hours });
    return step === undefined || step === 'breach' ? '' : step;
  }
}
