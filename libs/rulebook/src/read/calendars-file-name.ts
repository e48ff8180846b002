/** Not a rulebook although it lies beside them: the dated overrides of calendars. */
export const CALENDARS_FILE = 'calendars.yaml';
