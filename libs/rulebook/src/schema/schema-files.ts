import { z } from 'zod';
import { calendarsSchema } from '../calendars/calendars-file.js';
import { overlayFileSchema, rulebookSchema } from './rulebook.js';

/** JSON Schemas for editors by file name, as they lie beside the rulebooks. */
export function schemaFiles(): ReadonlyMap<string, string> {
  return new Map([
    ['rulebook.schema.json', jsonSchemaOf(rulebookSchema, 'Fineline rulebook')],
    ['overlay.schema.json', jsonSchemaOf(overlayFileSchema, 'Fineline rulebook overlays')],
    ['calendars.schema.json', jsonSchemaOf(calendarsSchema, 'Fineline calendars')],
  ]);
}

function jsonSchemaOf(schema: z.ZodType, title: string): string {
  return `${JSON.stringify({ title, ...z.toJSONSchema(schema, { target: 'draft-2020-12' }) }, null, 2)}\n`;
}
