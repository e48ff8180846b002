// Money at risk, feeds, rates, rules, quarantine, and who is asking.
import { z } from 'zod';
import { identifier, instant, shortText } from '../primitives.js';
import { pageOf, pageQuery, shipmentFilters, wireFault, wireInstant, wireMinor, wireText } from './common.js';

export const sessionRequest = z.object({ key: z.string().min(1).max(200) });
export const meView = z.object({
  tenantId: z.string(),
  tenantName: z.string(),
  name: z.string(),
  role: z.enum(['ops', 'seller', 'warehouse']),
  sellerId: z.string().nullable(),
  warehouseId: z.string().nullable(),
  canWrite: z.boolean(),
  language: z.string(),
  timeZone: z.string(),
  now: wireInstant.meta({ description: "the server's clock, which a demo may run faster than yours" }),
  session: z.boolean(),
  intakeUrl: z.string().nullable().meta({ description: 'where events are sent; this address where null' }),
});
export type Me = z.output<typeof meView>;

const { text: _text, ...overviewFilters } = shipmentFilters;
export const exposureQuery = z.object({
  groupBy: z.enum(['none', 'platform', 'warehouse', 'seller', 'carrier', 'rule']).default('none'),
  since: instant
    .optional()
    .meta({ description: "missed and saved count from here; today in the tenant's zone where absent" }),
  ...overviewFilters,
});
export const exposureRow = z.object({
  group: z.string().nullable(),
  currency: z.string(),
  open: z.int().meta({ description: 'open deadlines' }),
  projectedMinor: wireMinor.meta({ description: 'due if every open deadline is missed' }),
  expectedMinor: wireMinor.meta({ description: 'expected loss on open deadlines' }),
  missed: z.int(),
  missedMinor: wireMinor,
  saved: z.int().meta({ description: 'deadlines met after an escalation was raised' }),
  savedMinor: wireMinor,
});
export type ExposureRow = z.output<typeof exposureRow>;
export const exposureAnswer = z.object({ asOf: wireInstant, since: wireInstant, rows: z.array(exposureRow) });
export type ExposureAnswer = z.output<typeof exposureAnswer>;

export const cliffsQuery = z.object({ hours: z.coerce.number().int().min(1).max(72).default(24), ...overviewFilters });
export const cliffRow = z.object({
  from: wireInstant.meta({ description: 'start of the hour' }),
  firstDueAt: wireInstant,
  currency: z.string(),
  open: z.int(),
  projectedMinor: wireMinor,
  expectedMinor: wireMinor,
});
export type CliffRow = z.output<typeof cliffRow>;
export const cliffsAnswer = z.object({ asOf: wireInstant, hours: z.int(), rows: z.array(cliffRow) });

export const feedRow = z.object({
  warehouseId: z.string(),
  lastScanAt: wireInstant.nullable(),
  silentMs: z.number().nullable(),
  silent: z.boolean(),
  openDeadlines: z.int(),
});
export type FeedRow = z.output<typeof feedRow>;
export const feedsAnswer = z.object({ asOf: wireInstant, silentAfterMs: z.number(), rows: z.array(feedRow) });

export const ratesQuery = z.object({ shop: identifier.optional() });
const rateEffect = z.object({
  kind: z.string(),
  values: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});
export const rateRow = z.object({
  rateId: z.string(),
  shopId: z.string(),
  origin: z.enum(['computed', 'reported']),
  rate: z.string().nullable(),
  numerator: z.number().nullable(),
  denominator: z.number().nullable(),
  projectedRate: z.string().nullable(),
  budget: z
    .number()
    .nullable()
    .meta({ description: 'how many more of what it counts the shop can afford before its next band' }),
  counts: z
    .object({ what: z.enum(['late', 'cancelled', 'untracked']), unit: z.enum(['orders', 'units', 'parcels', 'cases']) })
    .nullable()
    .meta({ description: 'what counts against the shop; null where only the platform knows' }),
  measuredAt: wireInstant,
  evaluatedAt: wireInstant
    .nullable()
    .meta({ description: 'of a rate looked at on a day of its own: since when it is this' }),
  nextEvaluationAt: wireInstant.nullable().meta({ description: 'and when it is looked at next' }),
  title: wireText.nullable(),
  windows: z.array(
    z.object({
      kind: z.enum(['rolling-days', 'rolling-months', 'week', 'month']),
      days: z.int().optional(),
      months: z.int().optional(),
      lagDays: z.int().optional(),
      weekStartsOn: z.int().optional(),
      minimumSample: z.int().optional(),
      maximumSample: z.int().optional(),
    }),
  ),
  inUse: z.boolean().meta({ description: "of two origins the one fines follow: the platform's while it is fresh" }),
  inBand: z
    .boolean()
    .meta({ description: 'in a band with consequences, also one that is held until the rate clears it' }),
  effects: z.array(rateEffect).meta({ description: 'in force now' }),
  next: z
    .object({
      threshold: z.string(),
      comparison: z.enum(['>', '>=', '<', '<=']),
      effects: z.array(rateEffect),
    })
    .nullable()
    .meta({ description: 'the band that comes next if the rate gets worse; null in the worst' }),
  gated: z
    .array(
      z.object({
        ruleId: z.string(),
        threshold: z.string(),
        comparison: z.enum(['>', '>=', '<', '<=']),
        currency: z.string(),
        deadlines: z.int(),
        amountMinor: wireMinor,
      }),
    )
    .meta({
      description:
        'fines held back until the rate crosses the threshold: of open deadlines and of misses within its windows',
    }),
});
export const pointsAnswer = z.object({
  rows: z.array(
    z.object({
      pointsId: z.string(),
      shopId: z.string(),
      title: wireText,
      balance: z.number(),
      projectedBalance: z.number().meta({ description: 'if every open deadline that costs points is missed' }),
      origin: z.enum(['computed', 'reported']),
      measuredAt: wireInstant,
      effects: z.array(rateEffect).meta({ description: 'of the milestone reached' }),
      next: z.object({ at: z.number(), away: z.number(), effects: z.array(rateEffect) }).nullable(),
      nextLapse: z.object({ at: wireInstant, points: z.number() }).nullable(),
      confidence: z.string(),
      explanation: z.object({ en: z.array(z.string()), zh: z.array(z.string()) }),
    }),
  ),
});
export type PointsAnswer = z.output<typeof pointsAnswer>;

export const ratesAnswer = z.object({ rows: z.array(rateRow) });
export type RatesAnswer = z.output<typeof ratesAnswer>;

export const ruleView = z.object({
  rulebook: z.string(),
  ruleId: z.string(),
  version: z.string(),
  title: wireText,
  platform: z.string(),
  markets: z.array(z.string()),
  effectiveFrom: z.string().nullable(),
  effectiveUntil: z.string().nullable(),
  stage: z.enum(['announced', 'warning', 'enforced']),
  confidence: z.string(),
  assumed: z.array(wireText),
  sources: z.array(
    z.object({ title: z.string(), url: z.string().nullable(), readOn: z.string(), note: z.string().nullable() }),
  ),
});
export const rulesAnswer = z.object({
  rules: z.array(ruleView),
  gaps: z.array(z.object({ rulebook: z.string(), id: z.string(), text: wireText })),
});

export const quarantineStatus = z.enum(['held', 'replayed', 'dismissed']);
export const quarantineQuery = z.object({ status: quarantineStatus.default('held'), ...pageQuery });
export const quarantineRow = z.object({
  quarantineId: z.string(),
  channel: z.string(),
  reason: z.string(),
  faults: z.array(wireFault),
  status: quarantineStatus,
  arrivedAt: wireInstant,
  settledAt: wireInstant.nullable(),
  settledBy: z.string().nullable(),
});
export type QuarantineRow = z.output<typeof quarantineRow>;
export const quarantinePage = pageOf(quarantineRow);
export const quarantineDetail = quarantineRow.extend({
  headers: z.record(z.string(), z.unknown()),
  rawText: z.string().nullable().meta({ description: 'what arrived, as UTF-8, at most 64 KiB' }),
  rawBytes: z.int(),
});
export const settleRequest = z.object({ reason: shortText.min(1), by: shortText.optional() });
export const settleAnswer = z.object({ quarantineId: z.string(), status: quarantineStatus });
export const countAnswer = z.object({ held: z.int() });

/** One change, as sent by `GET /v1/changes`: `id:` is the decision id, `data:` this. */
export const changeEvent = z.object({
  kind: z.string(),
  orderId: z.string().nullable(),
  decidedAt: wireInstant,
  body: z.record(z.string(), z.unknown()),
});
