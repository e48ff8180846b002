// AsyncAPI 3.1 of the topics: who sends and receives what, keyed how.
import type { EventName } from '../events/index.js';
import { cloudEventType, topicOf } from '../events/index.js';
import { EVENT_NOTES } from '../event-notes.js';
import type { JsonSchema } from '../event-schemas.js';
import { CLOUDEVENTS_JSON } from '../media-type.js';
import { TOPICS, TOPIC_PARTITIONS } from '../topics.js';

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
  decisions: {
    address: TOPICS.decisions,
    title: 'Decisions',
    description:
      'What track decided: deadlines opened, met, missed, moved or reversed, fines that changed. At least once; drop repetitions by id.',
    key: '`<tenant>/<order id>`: the decisions of one order stay in order.',
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
      messages: { ...Object.fromEntries(names.map((name) => [name, message(name)])), decision: decision() },
      messageTraits: { cloudEvent: { headers: headers(), bindings: { kafka: { bindingVersion: '0.5.0' } } } },
      schemas: schemas as object,
    },
  };
}

function channel(name: ChannelName, events: readonly EventName[]): object {
  const { address, title, description } = CHANNELS[name];
  const own = name === 'decisions' ? ['decision'] : events.filter((event) => topicOf(event) === address);
  return {
    address,
    title,
    description,
    servers: [{ $ref: '#/servers/kafka' }],
    messages: Object.fromEntries(own.map((event) => [event, { $ref: `#/components/messages/${event}` }])),
    bindings: { kafka: { topic: address, partitions: TOPIC_PARTITIONS, bindingVersion: '0.5.0' } },
  };
}

function operations(): object {
  const operation = (action: 'send' | 'receive', name: ChannelName, summary: string): object => ({
    action,
    channel: { $ref: `#/channels/${name}` },
    summary,
  });
  const appends = 'intake appends what it accepted, with acks=all, before it answers its sender.';
  const reads = 'track reads in batches; what it cannot read goes to quarantine.';
  return {
    'intake.orders': operation('send', 'orders', appends),
    'intake.scans': operation('send', 'scans', appends),
    'track.orders': operation('receive', 'orders', reads),
    'track.scans': operation('receive', 'scans', reads),
    'track.decisions': operation('send', 'decisions', 'track publishes its outbox, in order for each order.'),
  };
}

function decision(): object {
  return {
    name: 'com.fineline.decision.<kind>.v1',
    title: 'decision',
    summary: 'A deadline or a projected fine of an order changed.',
    contentType: CLOUDEVENTS_JSON,
    payload: {
      type: 'object',
      required: ['specversion', 'id', 'source', 'type', 'time', 'tenantid', 'data'],
      properties: {
        specversion: { const: '1.0' },
        id: { type: 'string', description: 'rises within an order' },
        source: { const: '/fineline/track' },
        type: { type: 'string', pattern: '^com\\.fineline\\.decision\\.[a-z-]+\\.v1$' },
        subject: { type: 'string', description: 'order id' },
        time: { type: 'string', format: 'date-time', description: 'when it was decided' },
        tenantid: { type: 'string' },
        data: {
          type: 'object',
          description: 'order, rule and version, parcel, reason, verdict and amount after the decision, and before it',
        },
      },
    },
    bindings: { kafka: { key: { type: 'string', description: CHANNELS.decisions.key }, bindingVersion: '0.5.0' } },
  };
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
