import type { scanView as scanViewSchema } from '#contracts';
import type { ScanFact } from '#domain';
import type { z } from 'zod';

/** A kept scan on the wire. */
export function scanView({ at, stage, strength, eventId }: ScanFact): z.output<typeof scanViewSchema> {
  return { at: new Date(at).toISOString(), stage, strength, eventId };
}
