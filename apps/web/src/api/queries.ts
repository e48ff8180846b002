// What the page reads, as hooks. Names of queries are listed once so that live changes know what to read again.
import type {
  CliffRow,
  DeadlineRow,
  EscalationRow,
  ExposureAnswer,
  FeedRow,
  Me,
  OrderDetail,
  PointsAnswer,
  QuarantineRow,
  RatesAnswer,
} from '#contracts';
import type { Query } from '@tanstack/react-query';
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { read } from './client.ts';
import { isSignedOut } from './query-client.ts';

export type Grouping = 'platform' | 'warehouse' | 'seller' | 'carrier' | 'rule';
export type View = 'escalations' | 'open' | 'missed';
export interface QueueQuery {
  view: View;
  sort: 'expected' | 'time-left';
  platform: string;
  warehouse: string;
  seller: string;
  currency: string;
  text: string;
}
/** A row of the queue: an escalation, or a deadline that has none. */
export type QueueRow = Pick<
  EscalationRow,
  'orderId' | 'ruleId' | 'ruleTitle' | 'parcelId' | 'dueAt' | 'zone' | 'platform' | 'sellerId' | 'warehouseId'
> &
  Pick<EscalationRow, 'carrier' | 'amountMinor' | 'expectedMinor' | 'currency'> & {
    status: EscalationRow['status'] | DeadlineRow['status'];
  } & Partial<Pick<EscalationRow, 'escalationId' | 'step' | 'assignedTo' | 'note' | 'snoozedUntil' | 'acknowledgedBy'>>;

interface Page<Row> {
  rows: Row[];
  nextCursor: string | null;
}
const SHORT_MS = 30_000;
/** Nobody is asked on behalf of a session that is over. */
const soon = ({ state }: Pick<Query, 'state'>): number | false => (isSignedOut(state.error) ? false : SHORT_MS);

export const useMe = (enabled: boolean) =>
  useQuery({
    enabled,
    queryKey: ['me'],
    queryFn: () => read<Me>('/v1/me'),
    staleTime: Infinity,
    // Another tab may have signed out, or in as somebody else.
    refetchOnWindowFocus: 'always',
  });

export const useExposure = (groupBy: Grouping | 'none') =>
  useQuery({
    queryKey: ['exposure', groupBy],
    queryFn: () => read<ExposureAnswer>('/v1/exposure', { groupBy }),
    refetchInterval: soon,
    placeholderData: keepPreviousData,
  });

/** The same for names to choose from, which change seldom: not read again with every change. */
export const useGroups = (groupBy: Grouping) =>
  useQuery({
    queryKey: ['groups', groupBy],
    queryFn: () => read<ExposureAnswer>('/v1/exposure', { groupBy }),
    refetchInterval: soon,
  });

export const useCliffs = () =>
  useQuery({
    queryKey: ['exposure', 'cliffs'],
    queryFn: () => read<{ asOf: string; rows: CliffRow[] }>('/v1/exposure/cliffs', { hours: '24' }),
    refetchInterval: soon,
  });

export const useFeeds = () =>
  useQuery({
    queryKey: ['feeds'],
    queryFn: () => read<{ asOf: string; rows: FeedRow[] }>('/v1/feeds'),
    refetchInterval: soon,
  });

export const useRates = () =>
  useQuery({
    queryKey: ['rates'],
    queryFn: () => read<RatesAnswer>('/v1/rates'),
    refetchInterval: soon,
  });

export const usePoints = () =>
  useQuery({
    queryKey: ['points'],
    queryFn: () => read<PointsAnswer>('/v1/points'),
    refetchInterval: soon,
  });

export const useOrder = (orderId: string) =>
  useQuery({
    queryKey: ['order', orderId],
    queryFn: () => read<OrderDetail>(`/v1/orders/${encodeURIComponent(orderId)}`),
    refetchInterval: soon,
  });

export const useHeld = () =>
  useQuery({
    queryKey: ['held', 'list'],
    queryFn: () => read<Page<QuarantineRow>>('/v1/quarantine', { limit: '100' }),
    refetchInterval: soon,
  });

export const useHeldCount = (enabled: boolean) =>
  useQuery({
    queryKey: ['held', 'count'],
    queryFn: () => read<{ held: number }>('/v1/quarantine/count'),
    refetchInterval: soon,
    enabled,
  });

/** Scrolled further than this the queue is not read again under the reader's hands. */
export const FEW_PAGES = 2;

export const useQueue = (query: QueueQuery) =>
  useInfiniteQuery({
    queryKey: ['queue', query],
    queryFn: ({ pageParam }) => queuePage(query, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    // What colleagues do with rows is no change of a deadline: the stream does not tell of it.
    refetchInterval: (query) => (query.state.data?.pages.length ?? 0) <= FEW_PAGES && soon(query),
    placeholderData: keepPreviousData,
  });

function queuePage({ view, ...filters }: QueueQuery, cursor: string | undefined): Promise<Page<QueueRow>> {
  const shared = { ...filters, cursor, limit: '200' };
  if (view === 'escalations') return read('/v1/escalations', { ...shared, breached: 'exclude' });
  return read('/v1/deadlines', { ...shared, status: view });
}
