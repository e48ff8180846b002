// Every generated document of the contracts, as text by path below `docs/`. Written by `npm run docs:generate`, compared by a test.
import { stringify } from 'yaml';
import { eventSchemas } from '../event-schemas.js';
import { asyncApi } from './asyncapi.js';
import { eventPage } from './event-page.js';

const GENERATED = '# Written by npm run docs:generate; change libs/contracts instead.\n';

/** `intro` is the hand-written beginning of the event page (`docs/events.intro.md`). */
export function contractDocuments(intro: string): Record<string, string> {
  const schemas = eventSchemas();
  const files = Object.entries(schemas).map(([name, schema]) => [
    `schemas/events/${name}.json`,
    json({ $schema: 'https://json-schema.org/draft/2020-12/schema', $id: `urn:fineline:event:${name}:v1`, ...schema }),
  ]);
  return {
    ...(Object.fromEntries(files) as Record<string, string>),
    'events.md': eventPage(intro, schemas),
    'asyncapi.yaml': GENERATED + stringify(asyncApi(schemas), { aliasDuplicateObjects: false, lineWidth: 120 }),
  };
}

export function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
