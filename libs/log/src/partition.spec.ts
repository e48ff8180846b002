import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type PartitionMetadata, Partitioners } from 'kafkajs';
import { partitionFor } from './partition.js';

describe('partitionFor', () => {
  it('agrees with the Kafka client for every key', () => {
    const partitioner = Partitioners.DefaultPartitioner();
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 64 }), (key, count) => {
        const partitionMetadata = Array.from({ length: count }, () => ({ leader: 1 }) as PartitionMetadata);
        const theirs = partitioner({ topic: 't', partitionMetadata, message: { key, value: null } });
        expect(partitionFor(key, count)).toBe(theirs);
      }),
    );
  });

  it('matches what the Java client gives', () => {
    // Vectors of org.apache.kafka.common.utils.UtilsTest: murmur2("21") = -973932308, murmur2("foobar") = -790332482.
    expect(partitionFor('21', 1 << 30)).toBe((-973932308 & 0x7fffffff) % (1 << 30));
    expect(partitionFor('foobar', 1 << 30)).toBe((-790332482 & 0x7fffffff) % (1 << 30));
  });
});
