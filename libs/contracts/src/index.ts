// What crosses a wire: canonical events, topics, queue names, API types. zod schemas are the only definition; JSON Schema,
// AsyncAPI and OpenAPI are generated from them.
export * from './cloud-event.js';
export * from './events/index.js';
export * from './primitives.js';
export * from './topics.js';
