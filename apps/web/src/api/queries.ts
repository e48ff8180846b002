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
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { ApiProblem, read } from './client.ts';

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

export const useMe = (enabled: boolean) =>
  useQuery({
    enabled,
    queryKey: ['me'],
    queryFn: () => read<Me>('/v1/me'),
    staleTime: Infinity,
    retry: (count, error) => !(error instanceof ApiProblem && error.status === 401) && count < 3,
  });

export const useExposure = (groupBy: Grouping | 'none') =>
  useQuery({
    queryKey: ['exposure', groupBy],
    queryFn: () => read<ExposureAnswer>('/v1/exposure', { groupBy }),
    refetchInterval: SHORT_MS,
    placeholderData: keepPreviousData,
  });

export const useCliffs = () =>
  useQuery({
    queryKey: ['exposure', 'cliffs'],
    queryFn: () => read<{ asOf: string; rows: CliffRow[] }>('/v1/exposure/cliffs', { hours: '24' }),
    refetchInterval: SHORT_MS,
  });

export const useFeeds = () =>
  useQuery({
    queryKey: ['feeds'],
    queryFn: () => read<{ asOf: string; rows: FeedRow[] }>('/v1/feeds'),
    refetchInterval: SHORT_MS,
  });

export const useRates = (enabled: boolean) =>
  useQuery({
    queryKey: ['rates'],
    queryFn: () => read<RatesAnswer>('/v1/rates'),
    refetchInterval: SHORT_MS,
    enabled,
  });

export const usePoints = (enabled: boolean) =>
  useQuery({
    queryKey: ['points'],
    queryFn: () => read<PointsAnswer>('/v1/points'),
    refetchInterval: SHORT_MS,
    enabled,
  });

export const useOrder = (orderId: string) =>
  useQuery({
    queryKey: ['order', orderId],
    queryFn: () => read<OrderDetail>(`/v1/orders/${encodeURIComponent(orderId)}`),
    refetchInterval: SHORT_MS,
  });

export const useHeld = (enabled: boolean) =>
  useQuery({
    queryKey: ['held', 'list'],
    queryFn: () => read<Page<QuarantineRow>>('/v1/quarantine', { limit: '100' }),
    enabled,
  });

export const useHeldCount = (enabled: boolean) =>
  useQuery({
    queryKey: ['held', 'count'],
    queryFn: () => read<{ held: number }>('/v1/quarantine/count'),
    refetchInterval: SHORT_MS,
    enabled,
  });

export const useQueue = (query: QueueQuery) =>
  useInfiniteQuery({
    queryKey: ['queue', query],
    queryFn: ({ pageParam }) => queuePage(query, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  });

function queuePage({ view, ...filters }: QueueQuery, cursor: string | undefined): Promise<Page<QueueRow>> {
  const shared = { ...filters, cursor, limit: '200' };
  if (view === 'escalations') return read('/v1/escalations', { ...shared, breached: 'exclude' });
  return read('/v1/deadlines', { ...shared, status: view });
}
