// How instants, spans and money are written for a person, in the recipient's language and time zone.

export type Language = 'en' | 'zh';

/** `2026-11-24 15:08 GMT-5 (America/New_York)`. A zone this machine does not know is shown as UTC. */
export function inZone(instant: number, timeZone: string): string {
  const zone = knownZone(timeZone);
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'shortOffset',
  }).formatToParts(instant);
  const of = (type: string): string => parts.find((part) => part.type === type)?.value ?? '';
  return `${of('year')}-${of('month')}-${of('day')} ${of('hour')}:${of('minute')} ${of('timeZoneName')} (${zone})`;
}

function knownZone(timeZone: string): string {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return timeZone;
  } catch {
    return 'UTC';
  }
}

const UNITS = { en: { d: ' d', h: ' h', min: ' min' }, zh: { d: ' 天', h: ' 小时', min: ' 分钟' } };

/** `1 d 3 h`, `3 h 59 min`, `5 min`; whole minutes, rounded down. */
export function span(ms: number, language: Language): string {
  const units = UNITS[language];
  const minutes = Math.floor(Math.abs(ms) / 60_000);
  const [days, hours, rest] = [Math.floor(minutes / 1_440), Math.floor(minutes / 60) % 24, minutes % 60];
  if (days > 0) return `${days}${units.d} ${hours}${units.h}`;
  return hours > 0 ? `${hours}${units.h} ${rest}${units.min}` : `${rest}${units.min}`;
}

/** Text of others on one line: no control characters, no direction overrides that would reorder what follows. */
export function oneLine(text: string, longest = 200): string {
  return text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu, ' ')
    .trim()
    .slice(0, longest);
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as HTML text or attribute value. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}
