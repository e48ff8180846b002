// What waits for one recipient goes into one mail: found by recipient, also while a mail server is away and a hundred thousand wait.
export const WAITING_NOTICES_SQL = `
CREATE INDEX notice_waiting ON notice (recipient_id, notice_id) WHERE status = 'pending';
`;
