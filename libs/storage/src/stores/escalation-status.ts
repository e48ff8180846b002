// The status of escalations that are found by their key. Said by what it is not: else the planner may take an index of open or live rows
// instead of the key, which is as good while there are few of them and reads all of them for each key once there are thousands.

const NOT_LIVE = `'withdrawn', 'resolved', 'missed'`;

/** SQL: whether the row `of` is open. */
export const isOpen = (of: string): string => `${of}.status NOT IN ('acknowledged', 'snoozed', ${NOT_LIVE})`;
/** SQL: whether the row `of` is open, acknowledged or snoozed. */
export const isLive = (of: string): string => `${of}.status NOT IN (${NOT_LIVE})`;
