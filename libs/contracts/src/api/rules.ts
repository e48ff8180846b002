// What operations does with rules in the running system: overlays of its own contract, drafts tried out, two clocks compared.
import { z } from 'zod';
import { says } from '../fault.js';
import { cleanText, identifier, instant, shortText } from '../primitives.js';
import { wireInstant, wireMinor, wireText } from './common.js';

const overlayId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, says('short-id'));
const signedOverlay = z.object({
  overlayId,
  ruleId: identifier,
  from: cleanText(40).optional(),
  until: cleanText(40).optional(),
  zone: cleanText(64).optional(),
  sellerId: identifier.optional(),
  patch: z.record(z.string(), z.unknown()).meta({
    description: 'clock, penalty, satisfiedBy, effects, ladder, exemptions; as in rulebooks/schema/overlay.schema.json',
  }),
  reason: shortText.min(1),
});

/** Signed by whoever is signed in, dated by the server. */
export const publishOverlayRequest = signedOverlay.strict();
export type PublishOverlay = z.output<typeof publishOverlayRequest>;
export const withdrawOverlayRequest = z.object({ reason: shortText.min(1) });
export const overlayRow = signedOverlay.extend({
  signedBy: z.string(),
  signedAt: wireInstant,
  withdrawnBy: z.string().nullable(),
  withdrawnAt: wireInstant.nullable(),
});
export type OverlayRow = z.output<typeof overlayRow>;
export const overlaysAnswer = z.object({ rows: z.array(overlayRow) });
export const overlayAnswer = z.object({
  changed: z.boolean().meta({ description: 'false where the same was published or withdrawn before' }),
  overlay: overlayRow,
});
export type OverlayAnswer = z.output<typeof overlayAnswer>;

export const backtestRequest = z
  .object({
    rulebook: z.string().min(1).max(400_000).optional().meta({
      description: 'YAML of a whole rulebook; takes the place of the published one of the same name',
    }),
    overlay: publishOverlayRequest.optional(),
    from: instant.optional().meta({ description: 'deadlines whose clock starts from here on' }),
    to: instant.optional().meta({ description: 'and before this instant' }),
  })
  .strict()
  .refine(({ rulebook, overlay }) => (rulebook === undefined) !== (overlay === undefined), {
    error: says('one-of-two'),
    path: ['rulebook'],
  })
  .refine(({ from, to }) => from === undefined || to === undefined || from < to, {
    error: says('from-before-to'),
    path: ['to'],
  });
export type BacktestRequest = z.output<typeof backtestRequest>;

export const backtestRow = z.object({
  backtestId: z.string(),
  status: z.enum(['queued', 'running', 'done', 'failed']),
  progress: z.int().meta({ description: '0 to 100' }),
  from: wireInstant.nullable(),
  to: wireInstant.nullable(),
  asOf: wireInstant.meta({ description: 'both sides are judged at this instant' }),
  requestedBy: z.string(),
  requestedAt: wireInstant,
  finishedAt: wireInstant.nullable(),
  failure: z.string().nullable(),
});
export const backtestsAnswer = z.object({ rows: z.array(backtestRow) });

const verdict = z.object({ status: z.string(), dueAt: wireInstant, ruleVersion: z.string() });
const changedDeadline = z.object({
  orderId: z.string(),
  parcelId: z.string().nullable(),
  before: verdict.nullable(),
  after: verdict.nullable(),
  differenceMinor: wireMinor,
});
const money = { currency: z.string(), changed: z.int(), missedBeforeMinor: wireMinor, missedAfterMinor: wireMinor };
export const backtestReportView = z.object({
  events: z.int().meta({ description: 'events replayed' }),
  unreadable: z.int().meta({ description: 'stored events that could not be read any more and were left out' }),
  groups: z.array(
    z.object({
      ruleId: z.string(),
      sellerId: z.string(),
      week: z.string().meta({ format: 'date', description: 'Monday of the week the clock started in, UTC' }),
      deadlines: z.int(),
      verdicts: z.record(z.string(), z.int()).meta({ description: '`missed -> met` and the like, with how many' }),
      ...money,
      examples: z.array(changedDeadline),
    }),
  ),
  totals: z.array(z.object(money)),
});
export const backtestDetail = backtestRow.extend({ report: backtestReportView.nullable() });
export type BacktestDetail = z.output<typeof backtestDetail>;

const driftCounts = z.object({
  deadlines: z.int(),
  differing: z.int(),
  medianMs: z.number(),
  worstMs: z.number(),
});
export const driftRow = z.object({
  ruleId: z.string(),
  ruleTitle: wireText.nullable(),
  ruleVersion: z.string(),
  recent: driftCounts.meta({
    description: "the newest deadlines; a difference is the platform's due instant less ours",
  }),
  earlier: driftCounts,
  alert: z
    .object({ openedAt: wireInstant, closedAt: wireInstant.nullable() })
    .nullable()
    .meta({ description: 'the latest alert; open while closedAt is null' }),
});
export const driftAnswer = z.object({
  asOf: wireInstant,
  toleranceMs: z.int(),
  newest: z.int().meta({ description: 'deadlines at most in `recent`' }),
  rows: z.array(driftRow),
});
export type DriftAnswer = z.output<typeof driftAnswer>;
