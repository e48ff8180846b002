import type { LogGap } from './event-log.js';

/** Where reading goes on. A gap is reported and passed; a log shorter than the stored offset stops the partition. */
export type StartingPoint =
  | { kind: 'ready'; readFrom: bigint }
  | { kind: 'gap'; readFrom: bigint; gap: LogGap }
  | { kind: 'log-too-short'; reason: string };

/** Compares the stored offset with what the log still has, `[low, high)`. */
export function startingPoint(
  at: { topic: string; partition: number; nextOffset: bigint },
  available: { low: bigint; high: bigint },
): StartingPoint {
  const { topic, partition, nextOffset } = at;
  if (nextOffset > available.high) {
    const reason = `the stored offset ${nextOffset} is beyond the end of the log (${available.high}): was the topic recreated?`;
    return { kind: 'log-too-short', reason };
  }
  if (nextOffset >= available.low) return { kind: 'ready', readFrom: nextOffset };
  const gap = { topic, partition, fromOffset: nextOffset, toOffset: available.low };
  return { kind: 'gap', readFrom: available.low, gap };
}
