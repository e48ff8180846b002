// A broker that asks for TLS and a password, as managed clusters do.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { parseConfig, sharedConfig } from '#platform';
import { SELF_SIGNED, eventually, uniqueName } from '#testing';
import type { Broker } from './broker.fixture.js';
import { brokerScripts } from './broker.fixture.js';
import { KafkaEventLog } from './kafka-event-log.js';
import { kafkaConnection } from './kafka-settings.js';

const PASSWORD = 'with:colons';
const logger = pino({ level: process.env.LOG_LEVEL ?? 'silent' });
const variables = sharedConfig.pick({ KAFKA_BROKERS: true, KAFKA_TLS: true, KAFKA_SASL: true });

describe('a broker with TLS and SASL', () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'fineline-secure-'));
  let broker: Broker;
  let brokers: string;
  const logs: KafkaEventLog[] = [];

  beforeAll(async () => {
    const { startKafka, freePorts } = await brokerScripts();
    const [port, controllerPort, securePort] = (await freePorts(3)) as [number, number, number];
    const { key, cert: certificate } = SELF_SIGNED;
    const secure = { port: securePort, key, certificate, user: 'fineline', password: PASSWORD };
    const cacheDir = path.join(process.cwd(), '.fineline', 'services');
    broker = await startKafka({ cacheDir, directory, port, controllerPort, secure });
    brokers = `localhost:${securePort}`;
  });
  afterAll(async () => {
    await Promise.all(logs.map((log) => log.close()));
    await broker.stop('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  });

  /** As an app connects, trusting the broker's certificate as with NODE_EXTRA_CA_CERTS. */
  function open(sasl: string, ca: string | undefined = SELF_SIGNED.cert): KafkaEventLog {
    const parsed = parseConfig(variables, { KAFKA_BROKERS: brokers, KAFKA_TLS: 'on', KAFKA_SASL: sasl });
    if (!parsed.ok) throw new Error(parsed.problems.join());
    const connection = kafkaConnection(parsed.config);
    const log = new KafkaEventLog({ ...connection, ssl: ca ? { ca } : connection.ssl, clientId: 'test', logger });
    logs.push(log);
    return log;
  }

  it('is written to and read', async () => {
    const log = open(`plain:fineline:${PASSWORD}`);
    const topic = uniqueName('scans');
    await log.ensureTopics([{ name: topic, partitions: 1 }]);
    await log.append(topic, [{ key: 'k', value: Buffer.from('through'), headers: {} }]);
    const read: string[] = [];
    const consumer = log.consumer({
      group: uniqueName('track'),
      topics: [topic],
      offsets: { claim: async () => [{ partition: 0, nextOffset: 0n, epoch: 1n }] },
      handle: async ({ records }) => void read.push(...records.map(({ value }) => String(value))),
    });
    await consumer.start();
    await eventually(() => expect(read).toEqual(['through']));
    await consumer.stop();
  });

  it('refuses another password, and is refused where its certificate is not trusted', async () => {
    const topics = [{ name: uniqueName('scans'), partitions: 1 }];
    await expect(open('plain:fineline:wrong').ensureTopics(topics)).rejects.toThrow(/password|authentication/i);
    await expect(open(`plain:fineline:${PASSWORD}`, '').ensureTopics(topics)).rejects.toThrow(/certificate/i);
  });

  it.each(['plain:fineline', 'gssapi:fineline:x', ':x', 'plain::x'])('KAFKA_SASL is not %s', (sasl) => {
    const parsed = parseConfig(variables, { KAFKA_BROKERS: brokers, KAFKA_SASL: sasl });
    expect(parsed).toMatchObject({
      ok: false,
      problems: [expect.stringMatching(/^KAFKA_SASL: must be mechanism:name/)],
    });
  });
});
