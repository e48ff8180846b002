import type { Me } from '#contracts';
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { QueueQuery, QueueRow } from '../api/queries.ts';
import { FEW_PAGES, useQueue } from '../api/queries.ts';
import { Empty, Failure, Loading } from '../components/states.tsx';
import { readAgain } from '../live/changes.ts';
import { ActionDialog } from './action-dialog.tsx';
import type { Action } from './action-dialog.tsx';
import { QueueFilters, isFiltered } from './queue-filters.tsx';
import { QueueGrid } from './queue-grid.tsx';
import { rowKey } from './row-key.ts';
import { useFilterChoices } from './use-filter-choices.ts';
import { useKeptFocus } from './use-kept-focus.ts';

const START: QueueQuery = {
  view: 'escalations',
  sort: 'expected',
  platform: '',
  warehouse: '',
  seller: '',
  currency: '',
  text: '',
};
interface QueuePanelProps {
  me: Me;
  heard: number;
  openOrderId: string | undefined;
  onOpen: (orderId: string) => void;
}

export function QueuePanel({ me, heard, openOrderId, onOpen }: QueuePanelProps) {
  const { t } = useTranslation();
  const [query, setQuery] = useState(START);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [acting, setActing] = useState<{ action: Action; rows: QueueRow[] }>();
  const [notice, setNotice] = useState('');
  const queue = useQueue(query);
  const rows = useMemo(() => queue.data?.pages.flatMap((page) => page.rows) ?? [], [queue.data]);
  const refresh = useRefresh(heard, queue.data?.pages.length ?? 0);
  const choices = useFilterChoices();
  const section = useRef<HTMLElement>(null);
  useKeptFocus(section);
  const canAct = me.canWrite && query.view === 'escalations';

  const change = (part: Partial<QueueQuery>): void => {
    setQuery((before) => ({ ...before, ...part }));
    setSelected(new Set());
  };
  const act = useCallback(
    (action: Action, targets: QueueRow[]): void => {
      const live = targets.filter(({ escalationId }) => escalationId !== undefined);
      if (!canAct || live.length === 0) return;
      // The same words once more would not be told.
      setNotice('');
      setActing({ action, rows: live });
    },
    [canAct],
  );
  const marked = rows.filter((row) => selected.has(rowKey(row)));

  return (
    <section className="queue" id="queue" ref={section} aria-labelledby="queue-title" tabIndex={-1}>
      <div className="panel-head">
        <h2 id="queue-title">{t('queue.title')}</h2>
        <span className="quiet count">
          {t('queue.loaded', { count: rows.length })}
          {queue.hasNextPage && t('queue.more')}
        </span>
        {refresh.waiting > 0 && (
          <button type="button" className="plain" onClick={refresh.now}>
            {t('queue.refresh', { count: refresh.waiting })}
          </button>
        )}
      </div>
      <QueueFilters
        query={query}
        choices={choices}
        onChange={change}
        onClear={() => change({ ...START, view: query.view })}
      />
      {marked.length > 0 && (
        <div className="bulk" role="region" aria-label={t('queue.selected', { count: marked.length })}>
          <strong>{t('queue.selected', { count: marked.length })}</strong>
          {(['acknowledge', 'snooze', 'assign'] as const).map((action) => (
            <button key={action} type="button" disabled={!canAct} onClick={() => act(action, marked)}>
              {t(`action.${action}`)}
            </button>
          ))}
          <button type="button" className="plain" onClick={() => setSelected(new Set())}>
            {t('queue.unselect')}
          </button>
        </div>
      )}
      {queue.isPending && <Loading />}
      {queue.isError && <Failure error={queue.error} retry={() => void queue.refetch()} />}
      {queue.isSuccess && rows.length === 0 && (
        <Empty
          text={isFiltered(query) ? t('queue.emptyFiltered') : t('queue.empty')}
          help={isFiltered(query) || query.view !== 'escalations' ? undefined : t('queue.emptyHelp')}
        />
      )}
      {rows.length > 0 && (
        <QueueGrid
          key={JSON.stringify(query)}
          rows={rows}
          canAct={canAct}
          selected={selected}
          openOrderId={openOrderId}
          hasMore={queue.hasNextPage}
          onMore={() => !queue.isFetchingNextPage && void queue.fetchNextPage()}
          onSelect={setSelected}
          onOpen={onOpen}
          onAct={act}
        />
      )}
      <p className="quiet keys">{t('queue.keys')}</p>
      <p className="notice" role="status">
        {notice}
      </p>
      {acting && (
        <ActionDialog
          {...acting}
          me={me}
          onClose={() => setActing(undefined)}
          onDone={(text) => {
            setNotice(text);
            setSelected(new Set());
            refresh.now();
          }}
        />
      )}
    </section>
  );
}

/** Reads the queue again as changes arrive, unless many pages are loaded: then it waits to be asked. */
function useRefresh(heard: number, pages: number): { waiting: number; now: () => void } {
  const client = useQueryClient();
  const [seen, setSeen] = useState(heard);
  const latest = useRef(heard);
  latest.current = heard;
  const now = useCallback(() => {
    setSeen(latest.current);
    readAgain(client, ['queue']);
  }, [client]);
  useEffect(() => {
    if (heard > seen && pages <= FEW_PAGES) now();
  }, [heard, seen, pages, now]);
  return { waiting: heard - seen, now };
}
