// AsyncAPI 3.1 of the topics: who sends and receives what, keyed how.
import type { EventName } from '../events/index.js';
import { cloudEventType, topicOf } from '../events/index.js';
import { EVENT_NOTES } from '../event-notes.js';
import type { JsonSchema } from '../event-schemas.js';
import { CLOUDEVENTS_JSON } from '../media-type.js';
import { TOPICS } from '../topics.js';

const CHANNELS = {
  orders: {
    address: TOPICS.orders,
    title: 'Orders',
    description: 'Everything about an order, and what touches a whole tenant.',
    key: '`<tenant>/<order id>`, or `<tenant>` for waivers and rates: one order stays in order.',
  },
  scans: {
    address: TOPICS.scans,
    title: 'Courier scans',
    description: 'A scan does not know its order; parcels are joined to orders downstream.',
    key: '`<tenant>/<tracking number>`: one parcel stays in order.',
  },
} as const;
type ChannelName = keyof typeof CHANNELS;

/** The document as a value, to be written as YAML. */
export function asyncApi(schemas: Readonly<Record<EventName, JsonSchema>>): object {
  const names = Object.keys(schemas) as EventName[];
  return {
    asyncapi: '3.1.0',
    info: {
      title: 'Fineline events',
      version: '1.0.0',
      description:
        'Canonical events on Apache Kafka: CloudEvents 1.0.2, structured mode written, structured and binary mode read.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    defaultContentType: CLOUDEVENTS_JSON,
    servers: {
      kafka: { host: 'localhost:9092', protocol: 'kafka', description: 'KAFKA_BROKERS of the installation.' },
    },
    channels: Object.fromEntries((Object.keys(CHANNELS) as ChannelName[]).map((name) => [name, channel(name, names)])),
    operations: operations(),
    components: {
      messages: Object.fromEntries(names.map((name) => [name, message(name)])),
      messageTraits: { cloudEvent: { headers: headers(), bindings: { kafka: { bindingVersion: '0.5.0' } } } },
      schemas: schemas as object,
    },
  };
}

function channel(name: ChannelName, events: readonly EventName[]): object {
  const { address, title, description } = CHANNELS[name];
  const own = events.filter((event) => topicOf(event) === address);
  return {
    address,
    title,
    description,
    servers: [{ $ref: '#/servers/kafka' }],
    messages: Object.fromEntries(own.map((event) => [event, { $ref: `#/components/messages/${event}` }])),
    bindings: { kafka: { topic: address, partitions: 12, bindingVersion: '0.5.0' } },
  };
}

function operations(): object {
  const names = Object.keys(CHANNELS) as ChannelName[];
  return Object.fromEntries(
    names.flatMap((name) => [
      [
        `intake.${name}`,
        {
          action: 'send',
          channel: { $ref: `#/channels/${name}` },
          summary: 'intake appends what it accepted, with acks=all, before it answers its sender.',
        },
      ],
      [
        `track.${name}`,
        {
          action: 'receive',
          channel: { $ref: `#/channels/${name}` },
          summary: 'track reads in batches; what it cannot read goes to quarantine.',
        },
      ],
    ]),
  );
}

function message(name: EventName): object {
  const { meaning, when } = EVENT_NOTES[name];
  const channelName = topicOf(name) === TOPICS.scans ? 'scans' : 'orders';
  return {
    name: cloudEventType(name),
    title: name,
    summary: meaning,
    description: when,
    contentType: CLOUDEVENTS_JSON,
    payload: { $ref: `#/components/schemas/${name}` },
    traits: [{ $ref: '#/components/messageTraits/cloudEvent' }],
    bindings: { kafka: { key: { type: 'string', description: CHANNELS[channelName].key }, bindingVersion: '0.5.0' } },
  };
}

function headers(): object {
  return {
    type: 'object',
    properties: {
      'content-type': { type: 'string', const: CLOUDEVENTS_JSON },
      traceparent: { type: 'string', description: 'W3C trace context of the request that brought the event' },
      tracestate: { type: 'string' },
    },
  };
}
