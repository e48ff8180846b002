// Names on the wire that every app must agree on.

export const TOPICS = {
  orders: 'fineline.orders.v1',
  scans: 'fineline.scans.v1',
  decisions: 'fineline.decisions.v1',
} as const;

/** Consumer group of `track`; also the key of its offsets in Postgres. */
export const TRACK_GROUP = 'fineline-track';

export const QUEUES = {
  escalations: 'escalations',
  notices: 'notices',
} as const;
