// The escalation queue and what people can do with a row of it.
import { z } from 'zod';
import { says } from '../fault.js';
import { cleanText, identifier, instant, shortText } from '../primitives.js';
import { pageOf, pageQuery, shipmentFilters, sortQuery, wireInstant, wireMinor, wireText } from './common.js';

export const escalationStatus = z.enum(['open', 'acknowledged', 'snoozed', 'withdrawn', 'resolved', 'missed']);

export const escalationsQuery = z.object({
  status: z
    .enum(['live', ...escalationStatus.options])
    .default('live')
    .meta({
      description: 'live: open, acknowledged or snoozed',
    }),
  breached: z
    .enum(['include', 'exclude', 'only'])
    .default('include')
    .meta({ description: 'escalations of deadlines that have passed: an act can no longer avoid the fine' }),
  assigned: cleanText(80).optional().meta({ description: 'assigned to this name; `nobody` for unassigned' }),
  sort: sortQuery,
  ...shipmentFilters,
  ...pageQuery,
});

export const escalationRow = z.object({
  escalationId: z.string(),
  orderId: z.string(),
  ruleId: z.string(),
  ruleTitle: wireText.nullable(),
  parcelId: z.string().nullable(),
  dueAt: wireInstant,
  zone: z.string(),
  step: z.string(),
  sellerId: z.string().nullable(),
  warehouseId: z.string().nullable(),
  platform: z.string(),
  carrier: z.string().nullable(),
  amountMinor: wireMinor,
  expectedMinor: wireMinor,
  currency: z.string(),
  confidence: z.string().nullable(),
  status: escalationStatus,
  raisedAt: wireInstant,
  notifiedAt: wireInstant.nullable(),
  acknowledgedAt: wireInstant.nullable(),
  acknowledgedBy: z.string().nullable(),
  note: z.string().nullable(),
  assignedTo: z.string().nullable(),
  snoozedUntil: wireInstant.nullable(),
});
export type EscalationRow = z.output<typeof escalationRow>;
export const escalationPage = pageOf(escalationRow);

export const escalationIds = z
  .array(z.string().regex(/^\d{1,18}$/, says('escalation-id')))
  .min(1)
  .max(20_000)
  .meta({ description: 'escalation ids; those you cannot see are counted as not found' });
const note = shortText.optional().meta({ description: 'a comment kept with the row and in the audit trail' });
const person = cleanText(80).min(1).optional().meta({ description: "who acts; the key's name where absent" });

export const acknowledgeRequest = z.object({ ids: escalationIds, by: person, note });
export const snoozeRequest = z.object({ ids: escalationIds, by: person, note, until: instant });
export const assignRequest = z.object({ ids: escalationIds, by: person, note, to: cleanText(80).min(1) });
export const commandAnswer = z.object({
  changed: z.int().meta({ description: 'rows changed' }),
  unchanged: z.int().meta({ description: 'rows already settled' }),
  notFound: z.int().meta({ description: 'ids that do not exist for you' }),
});
export type CommandAnswer = z.output<typeof commandAnswer>;

export const waiveRequest = z.object({
  orderId: identifier,
  ruleId: identifier,
  reason: shortText.min(1),
  by: person,
});
export const waiveAnswer = z.object({ waiverId: z.string(), orderId: z.string(), ruleId: z.string() });
