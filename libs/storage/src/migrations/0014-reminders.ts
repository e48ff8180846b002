// A snooze that ends has people told again: by other notices, whose number is that of the snooze. And what is being sent is marked as such.
export const REMINDERS_SQL = `
-- Snoozes that have ended.
ALTER TABLE escalation ADD COLUMN reminders int NOT NULL DEFAULT 0;
-- reminder: 0 tells of it for the first time. in_flight: an attempt was claimed and is not recorded; its lease ends at next_attempt_at.
ALTER TABLE notice ADD COLUMN reminder int NOT NULL DEFAULT 0, ADD COLUMN in_flight boolean NOT NULL DEFAULT false,
  DROP CONSTRAINT notice_escalation_id_recipient_id_channel_key, ADD UNIQUE (escalation_id, recipient_id, channel, reminder);
`;
