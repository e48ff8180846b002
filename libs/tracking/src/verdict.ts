// What an order's stored deadlines say, kept in the order's own row: an evaluation that says the same writes nothing, and one that says
// something else knows what it decides on without reading the deadlines back.
import { hash } from 'node:crypto';
import type { DeadlineVerdict } from '#domain';
import type { DeadlineRow } from '#storage';

/** The part of a deadline that decisions are told with. Instants are UTC epoch milliseconds. */
export interface StoredVerdict extends DeadlineVerdict {
  readonly ruleId: string;
  readonly parcelId: string;
  readonly satisfiedAt: number | null;
  readonly expectedMinor: number;
  /** Of everything else that is compared. */
  readonly digest: string;
}

/** Step columns are not compared: a step taken since is not a reason to write. */
const DIGESTED = [
  'ruleVersion',
  'sellerId',
  'shopId',
  'warehouseId',
  'carrier',
  'startsAt',
  'platformDueAt',
  'differenceMs',
  'governedBy',
  'settledAt',
  'stage',
  'zone',
  'units',
  'cases',
  'chance',
  'confidence',
  'nextChangeAt',
] as const satisfies readonly (keyof DeadlineRow)[];
const DIGEST_CHARACTERS = 12;

type Entry = readonly [
  ruleId: string,
  parcelId: string,
  status: StoredVerdict['status'],
  dueAt: number,
  satisfiedAt: number | null,
  amountMinor: number,
  expectedMinor: number,
  currency: string,
  gated: 0 | 1,
  digest: string,
];

export function verdictOf(row: DeadlineRow): StoredVerdict {
  const { ruleId, parcelId, status, dueAt, satisfiedAt, amountMinor, expectedMinor, currency, gated } = row;
  let said = '';
  for (const field of DIGESTED) said += `${row[field]}\n`;
  // Nothing for the default: most deadlines have it, and say what they said before they told of their ladder.
  if (row.ladderHours !== null) said += `${row.ladderHours}\n`;
  const digest = hash('sha1', said, 'base64').slice(0, DIGEST_CHARACTERS);
  return { ruleId, parcelId, status, dueAt, satisfiedAt, amountMinor, expectedMinor, currency, gated, digest };
}

/** One deadline's part of an order's text. Equal texts say the same. */
export function entryText(verdict: StoredVerdict): string {
  const { ruleId, parcelId, status, dueAt, satisfiedAt, amountMinor, expectedMinor, currency, gated, digest } = verdict;
  const money = [amountMinor, expectedMinor, currency, gated ? 1 : 0] as const;
  const entry: Entry = [ruleId, parcelId, status, dueAt, satisfiedAt, ...money, digest];
  return JSON.stringify(entry);
}

/** Whether both say the same of one deadline. */
export function isSameVerdict(one: StoredVerdict, other: StoredVerdict): boolean {
  return (
    one.digest === other.digest &&
    one.status === other.status &&
    one.dueAt === other.dueAt &&
    one.satisfiedAt === other.satisfiedAt &&
    one.amountMinor === other.amountMinor &&
    one.expectedMinor === other.expectedMinor &&
    one.currency === other.currency &&
    one.gated === other.gated
  );
}

/** An order's text; empty for no deadlines. */
export function verdictText(entries: readonly string[]): string {
  return entries.length === 0 ? '' : `[${entries.join(',')}]`;
}

/** Whether an order's text tells of a miss; false for one of an earlier release. */
export function saysMissed(text: string): boolean {
  return text.includes(',"missed",');
}

/** What an order's text says; undefined for one of an earlier release, which was a digest of everything. */
export function readVerdicts(text: string): readonly StoredVerdict[] | undefined {
  if (text === '') return [];
  return text.startsWith('[') ? (JSON.parse(text) as Entry[]).map(fromEntry) : undefined;
}

function fromEntry(entry: Entry): StoredVerdict {
  const [ruleId, parcelId, status, dueAt, satisfiedAt, amountMinor, expectedMinor, currency, gated, digest] = entry;
  const money = { amountMinor, expectedMinor, currency, gated: gated === 1 };
  return { ruleId, parcelId, status, dueAt, satisfiedAt, ...money, digest };
}
