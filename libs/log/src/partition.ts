// The partitioner of Kafka's Java client, which kafkajs also has: both logs and foreign producers agree on a key's partition.

/** `partitions` must be positive. */
export function partitionFor(key: string, partitions: number): number {
  return (murmur2(Buffer.from(key)) & 0x7fffffff) % partitions;
}

const SEED = 0x9747b28c;
const MIX = 0x5bd1e995;

/** 32-bit murmur2 of org.apache.kafka.common.utils.Utils, as a signed integer. */
export function murmur2(data: Buffer): number {
  let hash = SEED ^ data.length;
  const whole = data.length & ~3;
  for (let at = 0; at < whole; at += 4) {
    let word = Math.imul(data.readInt32LE(at), MIX);
    word = Math.imul(word ^ (word >>> 24), MIX);
    hash = Math.imul(hash, MIX) ^ word;
  }
  if (data.length > whole) hash = Math.imul(hash ^ data.readUIntLE(whole, data.length - whole), MIX);
  hash = Math.imul(hash ^ (hash >>> 13), MIX);
  return hash ^ (hash >>> 15);
}
