import { describe, expect, it } from '@jest/globals';
import type { Kafka } from 'kafkajs';
import { KafkaAdmin } from './kafka-admin.js';

/** A cluster of which no broker can say anything about its topics for the first `failures` questions, as kafkajs shows it. */
function cluster(failures: number) {
  const counts = { asked: 0, disconnected: 0 };
  const fetchTopicMetadata = async ({ topics }: { topics: string[] }) => {
    const metadata = ++counts.asked <= failures ? null : { topicMetadata: topics };
    return { topics: metadata!.topicMetadata.map((name) => ({ name, partitions: [{}, {}] })) };
  };
  const disconnect = async () => void counts.disconnected++;
  const kafka = { admin: () => ({ connect: async () => undefined, disconnect, fetchTopicMetadata }) };
  return { counts, admin: new KafkaAdmin(kafka as unknown as Kafka) };
}

describe('KafkaAdmin', () => {
  it('asks again, over a new connection, while no broker knows the topic yet', async () => {
    const { counts, admin } = cluster(2);
    expect(await admin.partitionCounts(['orders'])).toEqual(new Map([['orders', 2]]));
    expect(counts).toEqual({ asked: 3, disconnected: 2 });
  });

  it('gives up after a while with an error that may be retried', async () => {
    const { admin } = cluster(Infinity);
    await expect(admin.partitionCounts(['orders'])).rejects.toMatchObject({ code: 'log.unavailable', retryable: true });
  });
});
