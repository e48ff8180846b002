import { z } from 'zod';
import type {
  EvaluationDay,
  PointsDefinition,
  RateDefinition,
  RuleOverlay,
  RulebookDocument,
  Source,
  WaiverSpec,
} from '#domain';
import { clock, satisfaction, zoneChoice } from './clock.js';
import { condition } from './condition.js';
import {
  bilingual,
  currency,
  dateOrInstant,
  calendarDate,
  clockTime,
  list,
  objectOf,
  oneOf,
  text,
  wholeFrom,
  zoneName,
} from './object-of.js';
import { boundShape, bounded, confidence, penalty } from './penalty.js';
import { effect, exemption, ladder, reversals, rule, stage, versionMoment } from './rule.js';

const source = objectOf<Source>({
  title: text,
  url: z.url().optional(),
  readOn: calendarDate,
  note: text.optional(),
});

type Counts = NonNullable<RateDefinition['counts']>;
type Window = RateDefinition['windows'][number];
type Band = RateDefinition['bands'][number];
type Bound = NonNullable<RateDefinition['clears']>;

type Day<Key extends string> = Extract<EvaluationDay, Record<Key, unknown>>;
const evaluationDay: z.ZodType<EvaluationDay> = z
  .union([
    objectOf<Day<'dayOfMonth'>>({ dayOfMonth: z.int().min(1).max(31) }),
    objectOf<Day<'weekday'>>({ weekday: z.int().min(1).max(7) }),
  ])
  .meta({ id: 'EvaluationDay', description: 'The day of each month, or ISO weekday, on which the rate is looked at' });

const rate = objectOf<RateDefinition>({
  id: text,
  metric: text,
  title: bilingual,
  counts: objectOf<Counts>({
    rule: z.union([text, list(text)]),
    numerator: oneOf<Counts['numerator']>()('missed', 'met'),
    onlyHappened: z.boolean().optional(),
    unit: oneOf<Counts['unit']>()('orders', 'units', 'parcels', 'cases'),
  }).optional(),
  windows: z.array(
    objectOf<Window>({
      kind: oneOf<Window['kind']>()('rolling-days', 'rolling-months', 'week', 'month'),
      days: wholeFrom(1).optional(),
      months: wholeFrom(1).optional(),
      lagDays: wholeFrom(0).optional(),
      weekStartsOn: z.int().min(1).max(7).optional(),
      minimumSample: wholeFrom(1).optional(),
      maximumSample: wholeFrom(1).optional(),
    }),
  ),
  zone: zoneChoice,
  bands: z.array(
    bounded(
      objectOf<Band>({
        ...boundShape,
        effects: z.array(effect),
        stage: stage.optional(),
        countGt: wholeFrom(0).optional(),
      }),
    ),
  ),
  clears: bounded(objectOf<Bound>(boundShape)).optional(),
  evaluatedOn: evaluationDay.optional(),
  sources: list(text),
  confidence,
  effective: objectOf<NonNullable<RateDefinition['effective']>>({
    from: dateOrInstant.optional(),
    until: dateOrInstant.optional(),
  }).optional(),
}).meta({ id: 'Rate' });

type Lapses = NonNullable<PointsDefinition['lapses']>;
type Milestone = PointsDefinition['milestones'][number];
const points = objectOf<PointsDefinition>({
  id: text,
  metric: text,
  title: bilingual,
  start: z.int().optional(),
  counts: oneOf<NonNullable<PointsDefinition['counts']>>()('up', 'down').optional(),
  lapses: objectOf<Lapses>({
    days: wholeFrom(1),
    endOfDay: z.union([z.literal('same-time'), clockTime]).optional(),
  }).optional(),
  zone: zoneChoice,
  milestones: z.array(objectOf<Milestone>({ at: z.int(), effects: list(effect) })),
  sources: list(text),
  confidence,
  assumed: list(bilingual).optional(),
}).meta({ id: 'Points', description: 'Points of a shop that add up, lapse and have consequences' });

type WaiverEffect<Kind extends WaiverSpec['effect']['kind']> = Extract<WaiverSpec['effect'], { kind: Kind }>;

const waiver = objectOf<WaiverSpec>({
  id: text,
  rules: list(text),
  from: dateOrInstant,
  until: dateOrInstant,
  zone: zoneName,
  pickedBy: versionMoment.optional(),
  when: condition.optional(),
  maxLateHours: z.number().min(0).optional(),
  effect: z.union([
    objectOf<WaiverEffect<'waive'>>({ kind: z.literal('waive') }),
    objectOf<WaiverEffect<'extra-days'>>({ kind: z.literal('extra-days'), days: wholeFrom(1) }),
    objectOf<WaiverEffect<'fixed-due'>>({ kind: z.literal('fixed-due'), due: dateOrInstant }),
    objectOf<WaiverEffect<'refund-later'>>({
      kind: z.literal('refund-later'),
      monthsMin: wholeFrom(0),
      monthsMax: wholeFrom(0),
    }),
  ]),
  text: bilingual,
  sources: list(text),
  confidence,
}).meta({ id: 'Waiver' });

/** One rulebook file. Strict at every level; what spans fields and rules is checked by `checkDocument`. */
export const rulebookSchema: z.ZodType<RulebookDocument> = objectOf<RulebookDocument>({
  rulebook: text,
  platform: text,
  markets: list(text),
  title: bilingual,
  currency,
  marketZone: zoneName,
  zone: zoneChoice,
  calendar: text,
  match: oneOf<RulebookDocument['match']>()('all', 'first'),
  sources: z.record(z.string(), source),
  rules: list(rule),
  rates: z.array(rate).optional(),
  points: z.array(points).optional(),
  waivers: z.array(waiver).optional(),
  gaps: z.array(objectOf<{ id: string; text: { en: string; zh: string } }>({ id: text, text: bilingual })).optional(),
});

/** One tenant overlay: parts of a rule for a dated interval, signed. */
export const overlaySchema: z.ZodType<RuleOverlay> = objectOf<RuleOverlay>({
  overlayId: text,
  tenantId: text,
  ruleId: text,
  from: dateOrInstant.optional(),
  until: dateOrInstant.optional(),
  zone: zoneName.optional(),
  sellerId: text.optional(),
  patch: objectOf<RuleOverlay['patch']>({
    clock: clock.optional(),
    penalty: penalty.optional(),
    satisfiedBy: satisfaction.optional(),
    effects: list(effect).optional(),
    ladder: ladder.optional(),
    exemptions: list(exemption).optional(),
    reversals: reversals.optional(),
  }),
  signedBy: text,
  signedAt: z.iso.datetime({ offset: true, error: 'not an RFC 3339 instant' }),
  reason: text,
});

/** An overlay file: `overlays:` and a list. */
export const overlayFileSchema = objectOf<{ readonly overlays: readonly RuleOverlay[] }>({
  overlays: list(overlaySchema),
});
