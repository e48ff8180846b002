// JSON Schema (2020-12) of every event as a sender writes it, generated from the zod schemas that check it.
import { z } from 'zod';
import { eventAttributes } from './cloud-event.js';
import type { EventName } from './events/index.js';
import { EVENT_DATA, cloudEventType } from './events/index.js';
import { EVENT_NOTES } from './event-notes.js';

export type JsonSchema = z.core.JSONSchema.BaseSchema;

const EXTENSION_VALUE: JsonSchema = { type: ['string', 'boolean', 'integer'] as never };

/** The schema of one event, envelope and data. Fields that no event has are refused, as intake refuses them. */
export function eventSchema(name: EventName): JsonSchema {
  const type = z.literal(cloudEventType(name));
  const schema = z.object({ ...eventAttributes.shape, type, data: EVENT_DATA[name] });
  const json = z.toJSONSchema(schema, { io: 'input', override: closeObjects }) as JsonSchema;
  const { $schema: _dialect, ...body } = json;
  const extensions = {
    patternProperties: { '^[a-z0-9]{1,20}$': EXTENSION_VALUE },
    properties: { ...body.properties, data_base64: false },
  };
  return { title: name, description: EVENT_NOTES[name].meaning, ...body, ...extensions } as JsonSchema;
}

/** By event name. */
export function eventSchemas(): Record<EventName, JsonSchema> {
  const names = Object.keys(EVENT_DATA) as EventName[];
  return Object.fromEntries(names.map((name) => [name, eventSchema(name)])) as Record<EventName, JsonSchema>;
}

function closeObjects({ jsonSchema }: { jsonSchema: JsonSchema }): void {
  if (jsonSchema.type === 'object' && jsonSchema.properties) jsonSchema.additionalProperties = false;
}
