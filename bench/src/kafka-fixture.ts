// A pair of topics filled with the bench's bytes, on a real broker. Every contestant reads the same records.
import { Kafka, logLevel } from 'kafkajs';
import { TOPICS } from '#contracts';
import { benchRecords } from './events.js';

export const PARTITIONS = 8;
const LOT = 2_000;

export function kafkaOf(brokers: string): Kafka {
  return new Kafka({ clientId: 'fineline-bench', brokers: brokers.split(','), logLevel: logLevel.ERROR });
}

/** Empties and refills both topics with `orders` orders (10 events each); resolves with the number of events. */
export async function fillTopics(kafka: Kafka, orders: number): Promise<number> {
  await recreateTopics(kafka);
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  const lot: { topic: string; key: string; value: Buffer }[] = [];
  let sent = 0;
  for (const record of benchRecords(orders)) {
    lot.push(record);
    if (lot.length === LOT) sent += await sendLot(producer, lot.splice(0));
  }
  sent += await sendLot(producer, lot);
  await producer.disconnect();
  return sent;
}

async function recreateTopics(kafka: Kafka): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  const wanted = [TOPICS.orders, TOPICS.scans];
  const existing = await admin.listTopics();
  const stale = wanted.filter((topic) => existing.includes(topic));
  if (stale.length > 0) await admin.deleteTopics({ topics: stale });
  for (;;) {
    try {
      await admin.createTopics({
        topics: wanted.map((topic) => ({ topic, numPartitions: PARTITIONS })),
        waitForLeaders: true,
      });
      break;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100)); // the broker still deletes the old ones
    }
  }
  await admin.disconnect();
}

async function sendLot(
  producer: ReturnType<Kafka['producer']>,
  lot: { topic: string; key: string; value: Buffer }[],
): Promise<number> {
  const headers = { 'content-type': 'application/cloudevents+json' };
  const topicMessages = [TOPICS.orders, TOPICS.scans].map((topic) => ({
    topic,
    messages: lot.filter((record) => record.topic === topic).map(({ key, value }) => ({ key, value, headers })),
  }));
  await producer.sendBatch({ acks: -1, topicMessages });
  return lot.length;
}
