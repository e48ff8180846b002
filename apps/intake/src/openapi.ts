// What the HTTP interface says about itself. Schemas come from the same zod definitions that check the input.
import { applyDecorators } from '@nestjs/common';
import type { INestApplication } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiBody,
  ApiHeader,
  ApiOperation,
  ApiQuery,
  ApiResponse,
  ApiTags,
  DocumentBuilder,
  SwaggerModule,
} from '@nestjs/swagger';
import type { OpenAPIObject } from '@nestjs/swagger';
import { eventSchemas } from '#contracts';

const ref = (name: string): { $ref: string } => ({ $ref: `#/components/schemas/${name}` });
const problem = (status: number, description: string): MethodDecorator =>
  ApiResponse({ status, description, content: { 'application/problem+json': { schema: ref('Problem') } } });
const json = (status: number, description: string, schema: object): MethodDecorator =>
  ApiResponse({ status, description, content: { 'application/json': { schema } } });

const SHARED = [
  problem(401, 'No valid API key or signature; nothing is kept.'),
  problem(413, 'The body, after decompression, is too large.'),
  problem(429, 'The tenant sends more than its rate; see Retry-After.'),
  problem(503, 'The log or the record cannot confirm now; send the same again after Retry-After.'),
];
const KEYED = [
  ApiBearerAuth('apiKey'),
  ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description: 'Repeating a request under the same key has one effect and one answer.',
    schema: { type: 'string', maxLength: 255 },
  }),
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
  return applyDecorators(
    ApiTags('events'),
    ApiOperation({
      operationId: 'sendEvents',
      summary: 'Send events',
      description:
        'One CloudEvent (structured, or binary with ce- headers), a batch, or plain JSON. Answered with 202 only when every accepted event is durable. ' +
        'A list in which some events were refused is answered with 207 and a result for each.',
    }),
    ApiBody({
      content: {
        'application/cloudevents+json': { schema: ref('CloudEvent') },
        'application/cloudevents-batch+json': { schema: { type: 'array', items: ref('CloudEvent') } },
        'application/json': { schema: { oneOf: [ref('PlainEvent'), { type: 'array', items: ref('PlainEvent') }] } },
      },
    } as never),
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
  return applyDecorators(
    ApiTags('events'),
    ApiOperation({ operationId: 'sendCsv', summary: "Send a shop's own CSV export with a column mapping" }),
    ApiQuery({
      name: 'map',
      required: false,
      description: 'The mapping as YAML or JSON, for text/csv.',
      schema: { type: 'string' },
    }),
    ApiBody({
      content: {
        'text/csv': { schema: { type: 'string' } },
        'multipart/form-data': {
          schema: {
            type: 'object',
            required: ['map', 'file'],
            properties: { map: { type: 'string' }, file: { type: 'string', contentMediaType: 'text/csv' } },
          },
        },
      },
    } as never),
    json(202, 'Every row is accepted and durable.', ref('ListResult')),
    json(207, 'Some rows were refused.', ref('ListResult')),
    problem(422, 'The mapping cannot be used, or every row was refused.'),
    ...KEYED,
    ...SHARED,
  );
}

export function DescribeCarrierWebhook(): MethodDecorator {
  return applyDecorators(
    ApiTags('carriers'),
    ApiOperation({
      operationId: 'carrierWebhook',
      summary: 'The address a carrier or aggregator calls',
      description:
        'Authenticated by the signature of the carrier over the raw body. Content that cannot be read is quarantined and answered with 202.',
    }),
    ApiBody({ content: { 'application/json': { schema: { type: 'object' } } } } as never),
    json(202, 'Taken in; refused entries are in quarantine.', ref('ListResult')),
    problem(404, 'No such endpoint.'),
    ...SHARED,
  );
}

const fault = {
  type: 'object',
  required: ['pointer', 'detail'],
  properties: { pointer: { type: 'string', description: 'RFC 6901 JSON Pointer' }, detail: { type: 'string' } },
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
export function describeIntake(app: INestApplication): OpenAPIObject {
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
