// A row of the queue copies what is expected from its deadline too: an event that changes the chance of missing, such as a claimed hand-over, is noted
// like an amendment. Whoever settles the orders it judges in the same transaction says so (`settlesItself`), and nothing is noted for it.
import { noteChanges, NOTED_WITHOUT_EXPECTED } from './0016-overtaken-copies.js';

export const EXPECTED_COPIES_SQL = noteChanges(
  `${NOTED_WITHOUT_EXPECTED}, expected_minor`,
  `current_setting('app.settles', true) IS DISTINCT FROM 'on'`,
);
export const EXPECTED_COPIES_DOWN_SQL = noteChanges(NOTED_WITHOUT_EXPECTED);
