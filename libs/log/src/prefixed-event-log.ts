import type { EventLog } from './event-log.js';

/**
 * The log with `prefix` before the names of topics and groups in the cluster, so that installations share one. Callers, the
 * record and its offsets keep the plain names: a record belongs to one prefix for good.
 */
export function prefixedEventLog(log: EventLog, prefix: string): EventLog {
  if (prefix === '') return log;
  const inner = (topic: string): string => prefix + topic;
  const outer = (topic: string): string => topic.slice(prefix.length);
  return {
    append: (topic, records) => log.append(inner(topic), records),
    ensureTopics: (topics) => log.ensureTopics(topics.map((spec) => ({ ...spec, name: inner(spec.name) }))),
    isReady: () => log.isReady(),
    close: () => log.close(),
    consumer: ({ group, topics, offsets, handle, onGap, ...options }) =>
      log.consumer({
        ...options,
        group: prefix + group,
        topics: topics.map(inner),
        offsets: { claim: (_group, topic, ends) => offsets.claim(group, outer(topic), ends) },
        handle: (batch) => handle({ ...batch, topic: outer(batch.topic) }),
        onGap: onGap && ((gap) => onGap({ ...gap, topic: outer(gap.topic) })),
      }),
  };
}
