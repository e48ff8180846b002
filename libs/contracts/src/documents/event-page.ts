// The event page: one section per event, hand-written meaning, generated tables.
import type { EventName } from '../events/index.js';
import { cloudEventType, topicOf } from '../events/index.js';
import { EVENT_NOTES } from '../event-notes.js';
import type { JsonSchema } from '../event-schemas.js';

/** One line of a field table. */
interface Field {
  readonly path: string;
  readonly type: string;
  readonly required: boolean;
  readonly note: string;
}

/** Markdown of the page; `intro` is its hand-written beginning. */
export function eventPage(intro: string, schemas: Readonly<Record<EventName, JsonSchema>>): string {
  const sections = (Object.keys(schemas) as EventName[]).map((name) => section(name, schemas[name]));
  return `${intro.trimEnd()}\n\n${sections.join('\n')}`;
}

function section(name: EventName, schema: JsonSchema): string {
  const { meaning, when } = EVENT_NOTES[name];
  const data = (schema.properties as Record<string, JsonSchema>)['data'] as JsonSchema;
  return [
    `## ${name}`,
    '',
    meaning,
    '',
    `**When:** ${when}`,
    '',
    `Type \`${cloudEventType(name)}\`, topic \`${topicOf(name)}\`. [Schema](schemas/events/${name}.json), [example](examples/events/${name}.json).`,
    '',
    '| field of `data` | type | | meaning |',
    '| --- | --- | --- | --- |',
    ...fieldsOf(data).map(
      ({ path, type, required, note }) => `| \`${path}\` | ${type} | ${required ? 'required' : ''} | ${note} |`,
    ),
    '',
  ].join('\n');
}

function fieldsOf(schema: JsonSchema, base = ''): Field[] {
  const required = new Set(schema.required ?? []);
  const own = Object.entries(schema.properties ?? {}).flatMap(([name, value]) => {
    const field = value as JsonSchema;
    const path = `${base}${name}`;
    const note = (field.description ?? '').replaceAll('|', '\\|');
    return [{ path, type: typeOf(field), required: required.has(name), note }, ...below(field, path)];
  });
  const seen = new Set<string>();
  return [...own, ...alternatives(schema).flatMap((each) => fieldsOf(each, base))].filter(
    ({ path }) => !seen.has(path) && seen.add(path),
  );
}

function below(field: JsonSchema, path: string): Field[] {
  const items = field.items as JsonSchema | undefined;
  return items?.properties ? fieldsOf(items, `${path}[].`) : fieldsOf(field, `${path}.`);
}

function alternatives(schema: JsonSchema): JsonSchema[] {
  return [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])] as JsonSchema[];
}

function typeOf(field: JsonSchema): string {
  if (field.enum) return field.enum.map((value) => `\`${String(value)}\``).join(', ');
  if (field.const !== undefined) return `\`${String(field.const)}\``;
  if (field.format === 'date-time') return 'instant';
  if (field.type === 'array') return `list of ${typeOf(field.items as JsonSchema)}`;
  return alternatives(field).length > 0 ? 'one of' : String(field.type);
}
