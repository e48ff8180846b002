// Whose a line is, told without reading all of it: threads that share a file each pass over the lines of the others.
export const LOCAL_TENANT = 'local';

const ATTRIBUTE = '"tenantid":"';

/** The tenant of an event, or `local` where it names none. */
export function tenantOf(value: unknown): string {
  const given = typeof value === 'object' && value !== null ? (value as { tenantid?: unknown }).tenantid : undefined;
  return typeof given === 'string' && given !== '' ? given : LOCAL_TENANT;
}

/** The same of the event's line; any answer, though always the same one, for a line that cannot be read. */
export function tenantOfLine(text: string): string {
  return plainTenant(text) ?? parsedTenant(text);
}

/**
 * Before `data` every attribute of a readable event is plain, so what looks like the tenant there is the tenant: without a
 * backslash no text contains a quote and no key is spelled otherwise. Undefined where the line is not that simple.
 */
function plainTenant(text: string): string | undefined {
  const at = text.indexOf(ATTRIBUTE);
  if (at === -1 || at > text.indexOf('"data"')) return undefined;
  const start = at + ATTRIBUTE.length;
  const end = text.indexOf('"', start);
  return end > start && text.lastIndexOf('\\', end) === -1 ? text.slice(start, end) : undefined;
}

function parsedTenant(text: string): string {
  try {
    return tenantOf(JSON.parse(text));
  } catch {
    return LOCAL_TENANT;
  }
}
