// What the HTTP interface says about itself. Schemas come from the same zod definitions that check the input.
import type { INestApplication } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import { eventSchemas } from '#contracts';
import { Described, describing } from '#platform';
import type { Description } from '#platform';

const ref = (name: string): { $ref: string } => ({ $ref: `#/components/schemas/${name}` });
const answer =
  (status: number, description: string, type: string, schema: object): Description =>
  ({ ApiResponse }) =>
    ApiResponse({ status, description, content: { [type]: { schema } } });
const problem = (status: number, description: string): Description =>
  answer(status, description, 'application/problem+json', ref('Problem'));
const json = (status: number, description: string, schema: object): Description =>
  answer(status, description, 'application/json', schema);
const tag =
  (name: string): Description =>
  ({ ApiTags }) =>
    ApiTags(name);
const operation =
  (operationId: string, summary: string, description?: string): Description =>
  ({ ApiOperation }) =>
    ApiOperation({ operationId, summary, ...(description && { description }) });
const body =
  (content: Record<string, { schema: object }>): Description =>
  ({ ApiBody }) =>
    ApiBody({ content } as never);

const SHARED = [
  problem(401, 'No valid API key or signature; nothing is kept.'),
  problem(413, 'The body, after decompression, is too large.'),
  problem(
    429,
    'The tenant sends more than its rate, or the address too much without a key that is known; see Retry-After.',
  ),
  problem(503, 'The log or the record cannot confirm now; send the same again after Retry-After.'),
];
const KEYED: Description[] = [
  ({ ApiBearerAuth }) => ApiBearerAuth('apiKey'),
  ({ ApiHeader }) =>
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description: 'Repeating a request under the same key has one effect and one answer.',
      schema: { type: 'string', maxLength: 255 },
    }),
  ({ ApiHeader }) =>
    ApiHeader({
      name: 'traceparent',
      required: false,
      description: 'W3C trace context, carried on.',
      schema: { type: 'string' },
    }),
  problem(403, 'The key may not send this.'),
  problem(409, 'The first request under this Idempotency-Key is still being done.'),
  problem(415, 'Not a content type that events come in.'),
];

export function DescribeEvents(): MethodDecorator {
  return Described(
    tag('events'),
    operation(
      'sendEvents',
      'Send events',
      'One CloudEvent (structured, or binary with ce- headers), a batch, or plain JSON. Answered with 202 only when every accepted event is durable. ' +
        'A list in which some events were refused is answered with 207 and a result for each.',
    ),
    body({
      'application/cloudevents+json': { schema: ref('CloudEvent') },
      'application/cloudevents-batch+json': { schema: { type: 'array', items: ref('CloudEvent') } },
      'application/json': { schema: { oneOf: [ref('PlainEvent'), { type: 'array', items: ref('PlainEvent') }] } },
    }),
    json(202, 'Every event is accepted and durable.', { oneOf: [ref('Accepted'), ref('ListResult')] }),
    json(207, 'Some events of the list were refused.', ref('ListResult')),
    problem(400, 'The request cannot be read.'),
    problem(
      422,
      'The event, or every event of the list, is refused; or the Idempotency-Key was used with another payload.',
    ),
    ...KEYED,
    ...SHARED,
  );
}

export function DescribeCsv(): MethodDecorator {
  return Described(
    tag('events'),
    operation('sendCsv', "Send a shop's own CSV export with a column mapping"),
    ({ ApiQuery }) =>
      ApiQuery({
        name: 'map',
        required: false,
        description: 'The mapping as YAML or JSON, for text/csv.',
        schema: { type: 'string' },
      }),
    body({
      'text/csv': { schema: { type: 'string' } },
      'multipart/form-data': {
        schema: {
          type: 'object',
          required: ['map', 'file'],
          properties: { map: { type: 'string' }, file: { type: 'string', contentMediaType: 'text/csv' } },
        },
      },
    }),
    json(202, 'Every row is accepted and durable.', ref('ListResult')),
    json(207, 'Some rows were refused.', ref('ListResult')),
    problem(422, 'The mapping cannot be used, or every row was refused.'),
    ...KEYED,
    ...SHARED,
  );
}

export function DescribeCarrierWebhook(): MethodDecorator {
  return Described(
    tag('carriers'),
    operation(
      'carrierWebhook',
      'The address a carrier or aggregator calls',
      'Authenticated by the signature of the carrier over the raw body. Content that cannot be read is quarantined and answered with 202.',
    ),
    body({ 'application/json': { schema: { type: 'object' } } }),
    json(202, 'Taken in; refused entries are in quarantine.', ref('ListResult')),
    problem(404, 'No such endpoint.'),
    ...SHARED,
  );
}

const fault = {
  type: 'object',
  required: ['pointer', 'detail'],
  properties: {
    pointer: { type: 'string', description: 'RFC 6901 JSON Pointer' },
    detail: { type: 'string', description: 'in English' },
    code: { type: 'string', description: 'the same for machines; stable' },
    values: { type: 'object', additionalProperties: { type: ['string', 'number'] } },
  },
};
const COMPONENTS = {
  Problem: {
    type: 'object',
    description: 'RFC 9457 problem details',
    required: ['type', 'title', 'status'],
    properties: {
      type: { type: 'string' },
      title: { type: 'string' },
      status: { type: 'integer' },
      detail: { type: 'string' },
      instance: { type: 'string' },
      errors: { type: 'array', items: fault },
    },
  },
  Accepted: {
    type: 'object',
    required: ['status', 'id', 'source'],
    properties: { status: { const: 'accepted' }, id: { type: 'string' }, source: { type: 'string' } },
  },
  ListResult: {
    type: 'object',
    required: ['accepted', 'refused', 'results'],
    properties: {
      accepted: { type: 'integer' },
      refused: { type: 'integer' },
      results: {
        type: 'array',
        items: {
          type: 'object',
          required: ['status'],
          properties: {
            status: { enum: [202, 403, 422] },
            id: { type: 'string' },
            source: { type: 'string' },
            line: { type: 'integer', description: 'line of a CSV file' },
            errors: { type: 'array', items: fault },
          },
        },
      },
    },
  },
  PlainEvent: {
    type: 'object',
    description: 'The fields of the event itself beside its type; id, source and time are filled in when absent.',
    required: ['type'],
    properties: {
      type: { type: 'string' },
      id: { type: 'string' },
      source: { type: 'string' },
      time: { type: 'string', format: 'date-time' },
    },
  },
};

/** The OpenAPI 3.1 document of a created application. */
export async function describeIntake(app: INestApplication): Promise<OpenAPIObject> {
  const { DocumentBuilder, SwaggerModule } = await describing();
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Fineline intake')
    .setDescription('Orders and courier scans in. Every 2xx means: durable.')
    .setVersion('1')
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'fl_<env>_<key id>_<secret>' }, 'apiKey');
  const document = SwaggerModule.createDocument(app, builder.build());
  const events = eventSchemas();
  const names = Object.keys(events);
  document.components = {
    ...document.components,
    schemas: { ...COMPONENTS, ...events, CloudEvent: { oneOf: names.map(ref) } } as never,
  };
  return document;
}
