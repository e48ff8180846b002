// Names on the wire that every app must agree on.

export const TOPICS = {
  orders: 'fineline.orders.v1',
  scans: 'fineline.scans.v1',
  decisions: 'fineline.decisions.v1',
} as const;

/** Partitions of a topic that does not exist yet; an existing one is left as it is. Bounds how far `track` scales out. */
export const TOPIC_PARTITIONS = 12;

/** Every topic with its partitions, for `EventLog.ensureTopics`. */
export const TOPIC_SPECS = Object.values(TOPICS).map((name) => ({ name, partitions: TOPIC_PARTITIONS }));

/** Consumer group of `track`; also the key of its offsets in Postgres. */
export const TRACK_GROUP = 'fineline-track';

export const QUEUES = {
  escalations: 'escalations',
  notices: 'notices',
  backtests: 'backtests',
} as const;
