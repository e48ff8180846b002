// The rows, of which only those in sight are in the document: ten thousand scroll like twenty.
import type { KeyboardEvent } from 'react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { QueueRow } from '../api/queries.ts';
import type { Action } from './action-dialog.tsx';
import { QueueGridRow } from './queue-grid-row.tsx';
import { rowKey } from './row-key.ts';
import { useWindow } from './use-window.ts';

interface QueueGridProps {
  rows: QueueRow[];
  canAct: boolean;
  selected: ReadonlySet<string>;
  openOrderId: string | undefined;
  hasMore: boolean;
  onMore: () => void;
  onSelect: (selected: ReadonlySet<string>) => void;
  onOpen: (orderId: string) => void;
  onAct: (action: Action, rows: QueueRow[]) => void;
}

const MORE_WITHIN_ROWS = 60;
const ACTION_KEYS: Record<string, Action> = { a: 'acknowledge', s: 'snooze', g: 'assign' };

export function QueueGrid(props: QueueGridProps) {
  const { rows, selected, openOrderId, hasMore, onMore } = props;
  const { t } = useTranslation();
  const scroller = useRef<HTMLDivElement>(null);
  // By its key: the row a key acts on stays the one that has the focus while others come and go around it.
  const [active, setActive] = useState({ key: '', index: 0 });
  const view = useWindow(scroller, rows.length);
  const found = rows.findIndex((row) => rowKey(row) === active.key);
  const current = found === -1 ? Math.min(active.index, rows.length - 1) : found;
  const isAll = selected.size >= rows.length && rows.every((row) => selected.has(rowKey(row)));

  useEffect(() => {
    if (hasMore && view.last > rows.length - MORE_WITHIN_ROWS) onMore();
  }, [hasMore, view.last, rows.length, onMore]);

  const activate = (index: number): void => {
    const row = rows[index];
    if (row) setActive({ key: rowKey(row), index });
  };
  const move = (to: number): void => {
    const index = Math.max(0, Math.min(rows.length - 1, to));
    activate(index);
    view.show(index);
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-index="${index}"]`)?.focus());
  };
  const toggle = (row: QueueRow): void => {
    const next = new Set(selected);
    if (!next.delete(rowKey(row))) next.add(rowKey(row));
    props.onSelect(next);
  };
  const toggleAll = (): void => props.onSelect(isAll ? new Set<string>() : new Set(rows.map(rowKey)));

  const onKey = (event: KeyboardEvent): void => {
    const row = rows[current];
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target instanceof HTMLButtonElement && event.key === 'Enter') return;
    const page = Math.max(1, view.visible - 1);
    const steps: Record<string, number> = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1, PageDown: page, PageUp: -page };
    const step = steps[event.key];
    const action = ACTION_KEYS[event.key];
    if (step !== undefined) move(current + step);
    else if (event.key === 'Home' || event.key === 'End') move(event.key === 'Home' ? 0 : rows.length - 1);
    else if (event.key === 'Enter') props.onOpen(row.orderId);
    else if (event.key === 'x') toggle(row);
    else if (action) props.onAct(action, [row]);
    else return;
    event.preventDefault();
  };

  return (
    <div
      className="grid"
      role="grid"
      aria-labelledby="queue-title"
      aria-rowcount={rows.length + 1}
      aria-multiselectable="true"
      onKeyDown={onKey}
    >
      <div role="rowgroup">
        <div className="grid-head" role="row" aria-rowindex={1}>
          <span role="columnheader" className="cell-check">
            <input
              type="checkbox"
              aria-label={t('queue.selectAll')}
              checked={isAll}
              ref={(box) => {
                if (box) box.indeterminate = selected.size > 0 && !isAll;
              }}
              onChange={toggleAll}
            />
          </span>
          {(['left', 'fine', 'order', 'rule', 'where', 'status'] as const).map((column) => (
            <span key={column} role="columnheader" className={`cell-${column}`}>
              {t(`queue.columns.${column}`)}
            </span>
          ))}
        </div>
      </div>
      <div className="grid-body" ref={scroller} role="rowgroup" onScroll={view.onScroll}>
        <div role="presentation" style={{ height: view.height }}>
          <div role="presentation" style={{ transform: `translateY(${view.offset}px)` }}>
            {rows.slice(view.first, view.last).map((row, position) => {
              const index = view.first + position;
              return (
                <QueueGridRow
                  key={rowKey(row)}
                  row={row}
                  index={index}
                  height={view.rowHeight}
                  isActive={index === current}
                  isSelected={selected.has(rowKey(row))}
                  isOpen={row.orderId === openOrderId}
                  canAct={props.canAct}
                  onFocus={() => activate(index)}
                  onToggle={() => toggle(row)}
                  onOpen={() => props.onOpen(row.orderId)}
                  onAct={(action) => props.onAct(action, [row])}
                />
              );
            })}
          </div>
        </div>
      </div>
    </div>
  );
}
