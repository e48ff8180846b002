// Times for people. Every one names its zone; lengths of time name their units.

export type Units = { d: string; h: string; m: string; s: string };

const formats = new Map<string, Intl.DateTimeFormat>();

function format(language: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const name = JSON.stringify([language, options]);
  const known = formats.get(name) ?? new Intl.DateTimeFormat(language, options);
  formats.set(name, known);
  return known;
}

const DAY_AND_TIME: Intl.DateTimeFormatOptions = {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
};

/** `Nov 24, 16:00 EST`. */
export function clockTime(at: string | number, zone: string, language: string): string {
  return `${format(language, { ...DAY_AND_TIME, timeZone: zone }).format(new Date(at))} ${zoneName(at, zone, language)}`;
}

/** With seconds, for evidence. */
export function exactTime(at: string | number, zone: string, language: string): string {
  const exact = format(language, { ...DAY_AND_TIME, second: '2-digit', timeZone: zone });
  return `${exact.format(new Date(at))} ${zoneName(at, zone, language)}`;
}

/** `EST` where English has a name for it, else the offset: in Chinese `CST` could mean two continents. */
function zoneName(at: string | number, zone: string, language: string): string {
  const style = language.startsWith('en') ? 'short' : 'shortOffset';
  const parts = format(language, { timeZone: zone, timeZoneName: style }).formatToParts(new Date(at));
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? zone;
}

/** `16:00`, where the zone stands beside it. */
export function hourOf(at: string | number, zone: string, language: string): string {
  return format(language, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: zone }).format(
    new Date(at),
  );
}

/** `3 h 12 min`: the two largest units that matter. Always positive. */
export function duration(ms: number, units: Units): string {
  const seconds = Math.floor(Math.abs(ms) / 1000);
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), units.d],
    [Math.floor(seconds / 3_600) % 24, units.h],
    [Math.floor(seconds / 60) % 60, units.m],
    [seconds % 60, units.s],
  ];
  const first = parts.findIndex(([value]) => value > 0);
  const shown = first === -1 ? [parts[3]!] : parts.slice(first, first + 2);
  return shown
    .map(([value, unit]) => (/^\s/.test(unit) ? `${value}${unit}` : `${value} ${unit}`))
    .join(' ')
    .trim()
    .replaceAll(/\s+/g, ' ');
}

/** `3:07:09`, or `2 d 03:07:09`: for counting down. */
export function countdown(ms: number, units: Units): string {
  const seconds = Math.floor(Math.abs(ms) / 1000);
  const days = Math.floor(seconds / 86_400);
  const hours = Math.floor(seconds / 3_600) % 24;
  const rest = [Math.floor(seconds / 60) % 60, seconds % 60].map((value) => String(value).padStart(2, '0')).join(':');
  if (days === 0) return `${hours}:${rest}`;
  return `${days} ${units.d.trim()} ${String(hours).padStart(2, '0')}:${rest}`;
}
