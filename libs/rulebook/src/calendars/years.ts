/** Years whose holidays are known; outside them a calendar has its weekdays only. */
export const FIRST_YEAR = 2010;
export const LAST_YEAR = 2040;

/** The holidays of one year, ISO date to name. */
export type HolidaysOfYear = (year: number) => ReadonlyMap<string, string>;

/**
 * Holidays worked out year by year when first asked for and then kept: a year of a country with a lunar calendar takes some
 * 20 ms, and a process meets two or three years. `own` days come on top. Iterating works out all years.
 */
export class YearlyHolidays implements ReadonlyMap<string, string> {
  private readonly years = new Map<number, ReadonlyMap<string, string>>();

  constructor(
    private readonly holidaysOf: HolidaysOfYear,
    private readonly own: ReadonlyMap<string, string> = new Map(),
  ) {}

  with(own: ReadonlyMap<string, string>): YearlyHolidays {
    return new YearlyHolidays((year) => this.year(year), new Map([...this.own, ...own]));
  }

  get(date: string): string | undefined {
    return this.own.get(date) ?? this.year(Number(date.slice(0, 4))).get(date);
  }

  has(date: string): boolean {
    return this.get(date) !== undefined;
  }

  get size(): number {
    return this.all().size;
  }

  entries(): MapIterator<[string, string]> {
    return this.all().entries();
  }

  keys(): MapIterator<string> {
    return this.all().keys();
  }

  values(): MapIterator<string> {
    return this.all().values();
  }

  [Symbol.iterator](): MapIterator<[string, string]> {
    return this.entries();
  }

  forEach(visit: (name: string, date: string, map: ReadonlyMap<string, string>) => void): void {
    this.all().forEach((name, date) => visit(name, date, this));
  }

  private year(year: number): ReadonlyMap<string, string> {
    let holidays = this.years.get(year);
    if (!holidays) {
      holidays = year >= FIRST_YEAR && year <= LAST_YEAR ? this.holidaysOf(year) : new Map<string, string>();
      this.years.set(year, holidays);
    }
    return holidays;
  }

  private all(): Map<string, string> {
    const years = Array.from({ length: LAST_YEAR - FIRST_YEAR + 1 }, (_, i) => this.year(FIRST_YEAR + i));
    return new Map([...years.flatMap((holidays) => [...holidays]), ...this.own]);
  }
}
