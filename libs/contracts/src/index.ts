// What crosses a wire: canonical events, topics, queue names, API types. zod schemas are the only definition; JSON Schema,
// AsyncAPI and OpenAPI are generated from them.
export * from './acceptance.js';
export * from './api/index.js';
export * from './cloud-event.js';
export * from './csv-document.js';
export * from './csv-mapping.js';
export { contractDocuments } from './documents/contract-documents.js';
export * from './event-notes.js';
export * from './event-schemas.js';
export * from './event-time.js';
export * from './events/index.js';
export * from './fault.js';
export * from './fault-texts.js';
export * from './held-event.js';
export * from './http-binding.js';
export * from './json.js';
export * from './kafka-binding.js';
export * from './media-type.js';
export * from './primitives.js';
export * from './topics.js';
