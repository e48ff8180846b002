// JSON Schema (2020-12) of every event as a sender writes it, generated from the zod schemas that check it.
import { z } from 'zod';
import { eventAttributes } from './cloud-event.js';
import type { EventName } from './events/index.js';
import { EVENT_DATA, cloudEventType } from './events/index.js';
import { EVENT_NOTES } from './event-notes.js';
import { FIELD_NOTES } from './field-notes.js';

export type JsonSchema = z.core.JSONSchema.BaseSchema;

const EXTENSION_VALUE = { type: ['string', 'boolean', 'integer'] };
const EXTENSION_NAME = '^(?!data$)[a-z0-9]{1,20}$';

/** The schema of one event, envelope and data. Fields that no event has are refused, as intake refuses them. */
export function eventSchema(name: EventName): JsonSchema {
  const type = z.literal(cloudEventType(name));
  const schema = z.object({ ...eventAttributes.shape, type, data: EVENT_DATA[name] });
  const { $schema: _dialect, ...body } = annotated(z.toJSONSchema(schema, { io: 'input' }) as JsonSchema);
  return {
    title: name,
    description: EVENT_NOTES[name].meaning,
    ...body,
    properties: { ...body.properties, data_base64: false },
    patternProperties: { [EXTENSION_NAME]: EXTENSION_VALUE },
  } as JsonSchema;
}

/** By event name. */
export function eventSchemas(): Record<EventName, JsonSchema> {
  const names = Object.keys(EVENT_DATA) as EventName[];
  return Object.fromEntries(names.map((name) => [name, eventSchema(name)])) as Record<EventName, JsonSchema>;
}

const GENERIC = 'RFC 3339 instant with seconds and offset';

/**
 * A copy in which objects are closed and every field says what it means. Not by zod's `override`: that is called once per schema, and
 * fields share schemas.
 */
function annotated(schema: JsonSchema, note?: string): JsonSchema {
  const copy: JsonSchema = { ...schema };
  if (note && (copy.description ?? GENERIC) === GENERIC) copy.description = note;
  if (copy.properties) {
    copy.additionalProperties = false;
    copy.properties = mapValues(copy.properties as Record<string, JsonSchema>, (field, name) =>
      annotated(field, FIELD_NOTES[name]),
    );
  }
  if (copy.items) copy.items = annotated(copy.items as JsonSchema);
  if (copy.anyOf) copy.anyOf = (copy.anyOf as JsonSchema[]).map((each) => annotated(each));
  if (copy.oneOf) copy.oneOf = (copy.oneOf as JsonSchema[]).map((each) => annotated(each));
  return copy;
}

function mapValues<In, Out>(record: Record<string, In>, map: (value: In, key: string) => Out): Record<string, Out> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value, key)]));
}
