// The status of escalations `e` that are found by their key. Said by what it is not: else the planner may take an index of open or live rows
// instead of the key, which is as good while there are few of them and reads all of them for each key once there are thousands.

export const IS_OPEN = `e.status NOT IN ('acknowledged', 'snoozed', 'withdrawn', 'resolved', 'missed')`;
export const IS_LIVE = `e.status NOT IN ('withdrawn', 'resolved', 'missed')`;
