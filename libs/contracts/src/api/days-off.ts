// Days off of sellers and warehouses: read by whose they are, set by operations.
import { z } from 'zod';
import { cleanText, identifier, shortText } from '../primitives.js';
import { wireInstant } from './common.js';

const owner = { of: z.enum(['seller', 'warehouse']), id: identifier };
const day = z.iso.date('must be an existing day as YYYY-MM-DD');

export const setDaysOffRequest = z
  .object({
    ...owner,
    days: z
      .array(z.object({ day, name: cleanText(80).optional() }).strict())
      .max(1_000)
      .meta({ description: 'the whole list; what is not in it is worked again' }),
    reason: shortText.min(1),
    by: shortText.optional(),
  })
  .strict();
export type SetDaysOff = z.output<typeof setDaysOffRequest>;
export const daysOffRow = z.object({
  ...owner,
  revision: z.int().meta({ description: 'counts the changes; explanations name it' }),
  days: z.array(z.object({ day: z.string(), name: z.string() })),
  changedBy: z.string(),
  changedAt: wireInstant,
});
export type DaysOffView = z.output<typeof daysOffRow>;
export const daysOffAnswer = z.object({ rows: z.array(daysOffRow) });
export const setDaysOffAnswer = z.object({
  changed: z.boolean().meta({ description: 'false where the same list was there already' }),
  daysOff: daysOffRow,
});
