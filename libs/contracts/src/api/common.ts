// Field types of API answers. Instants go out as RFC 3339 UTC text, money as integer minor units beside its currency.
import { z } from 'zod';
import { identifier, instant, shortText } from '../primitives.js';

export const wireInstant = z.string().meta({ format: 'date-time', description: 'RFC 3339 instant, UTC' });
export const wireMinor = z.int().meta({ description: 'integer minor units of the currency beside it' });
export const wireText = z.object({ en: z.string(), zh: z.string() });
export const wireFault = z.object({
  pointer: z.string().meta({ description: 'RFC 6901 JSON Pointer' }),
  detail: z.string().meta({ description: 'in English' }),
  code: z
    .string()
    .optional()
    .meta({ description: 'the same for machines; stable, absent where it was kept by an earlier build' }),
  values: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
});

/** Next page: send `nextCursor` back as `cursor`; null on the last page. */
export function pageOf<Row extends z.ZodType>(row: Row) {
  return z.object({ rows: z.array(row), nextCursor: z.string().nullable() });
}

export const pageQuery = {
  cursor: z.string().max(400).optional().meta({ description: 'nextCursor of the page before' }),
  limit: z.coerce.number().int().min(1).max(200).default(50).meta({ description: 'rows per page' }),
};

/** Filters shared by deadlines and escalations; each may be given once. */
export const shipmentFilters = {
  platform: identifier.optional(),
  market: identifier.optional(),
  warehouse: identifier.optional(),
  seller: identifier.optional(),
  carrier: identifier.optional(),
  rule: identifier.optional(),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .optional(),
  dueAfter: instant.optional(),
  dueBefore: instant.optional(),
  text: shortText.optional().meta({ description: 'start of an order id or of a tracking number' }),
};

export const sortQuery = z.enum(['expected', 'time-left']).default('expected').meta({
  description: 'expected: highest expected fine first. time-left: nearest deadline first.',
});
