// A second way to run a zod schema, for events by the million: the schema stays the only definition and is walked once; what comes out accepts a
// value and gives what zod would give, or refuses without saying why. Whoever is refused asks zod, which names the faults. A
// kind of schema or check that is not known here runs in zod itself, so a new one is slower, never different.
import { z } from 'zod';

/** What a reader gives for a value it cannot vouch for: zod may still accept it. */
export const REFUSED = Symbol('refused');
export type Reader<Output> = (value: unknown) => Output | typeof REFUSED;

type Read = Reader<unknown>;
type Schema = z.core.$ZodTypes;
type Shape = Readonly<Record<string, z.core.SomeType>>;
type Def = Schema['_zod']['def'];
type Transform = Extract<Def, { type: 'transform' }>['transform'];
type Test = (value: unknown) => boolean;
type Check = z.core.$ZodChecks['_zod']['def'] | z.core.$ZodCustomDef;

/**
 * A reader of the schema's output. `plainHolds` are patterns and refinements known to hold for every plain text
 * (see `isPlainText`): one look at the characters answers all of them.
 */
export function schemaReader<S extends z.ZodType>(schema: S, plainHolds: ReadonlySet<unknown>): Reader<z.output<S>> {
  return readerOf(schema, plainHolds) as Reader<z.output<S>>;
}

/** Printable ASCII without a space at either end: clean, well formed and NFC whatever else is asked. */
export function isPlainText(text: string): boolean {
  const { length } = text;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || code > 0x7e) return false;
  }
  return length === 0 || (text.charCodeAt(0) !== 0x20 && text.charCodeAt(length - 1) !== 0x20);
}

function readerOf(type: z.core.SomeType, plainHolds: ReadonlySet<unknown>): Read {
  const schema = type as Schema;
  return knownReader(schema, plainHolds) ?? byZod(schema);
}

/** Undefined for a kind of schema, or a check on it, that is not known here. */
function knownReader(schema: Schema, plainHolds: ReadonlySet<unknown>): Read | undefined {
  const { def } = schema._zod;
  const tests = testsOf(def, plainHolds);
  if (!tests) return undefined;
  const inner = (part: z.core.SomeType): Read => readerOf(part, plainHolds);
  switch (def.type) {
    case 'object':
      return def.catchall ? undefined : objectReader(def.shape, inner, tests.all);
    case 'array':
      return arrayReader(inner(def.element), tests.all);
    case 'string':
      return def.coerce ? undefined : stringReader(tests);
    case 'number':
      return def.coerce ? undefined : numberReader(tests.all);
    case 'boolean':
      return def.coerce ? undefined : (value) => (typeof value === 'boolean' && tests.all(value) ? value : REFUSED);
    case 'enum':
      return oneOf(Object.values(def.entries), tests.all);
    case 'literal':
      return oneOf(def.values, tests.all);
    case 'pipe':
      return pipeReader(inner(def.in), inner(def.out), tests.all);
    case 'transform':
      return transformReader(def.transform, tests.all);
    default:
      return undefined;
  }
}

function byZod(schema: Schema): Read {
  return (value) => {
    const parsed = z.core.safeParse(schema, value);
    return parsed.success ? parsed.data : REFUSED;
  };
}

/**
 * Fields in the schema's order, as zod writes them. Written out as code, as zod does itself: a loop over field names would be
 * three times as slow, since each name would be looked up anew in every object.
 */
function objectReader(shape: Shape, inner: (part: z.core.SomeType) => Read, test: Test): Read {
  const fields = Object.entries(shape).map(([key, part]) => ({ key, part, held: plainOptional(part as Schema) }));
  const lines = fields.map(({ key, held }, i) => fieldCode(JSON.stringify(key), i, held !== undefined));
  const reads = fields.map((_field, i) => `read${i}`).join(', ');
  const body = `const [${reads}] = reads; return (given) => { const output = {}; ${lines.join(' ')} return output; };`;
  const make = new Function('reads', 'REFUSED', body) as (reads: readonly Read[], refused: symbol) => Read;
  const readFields = make(
    fields.map(({ part, held }) => inner(held ?? part)),
    REFUSED,
  );
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || hasUndefined(value)) return REFUSED;
    const output = readFields(value);
    return output !== REFUSED && test(output) ? output : REFUSED;
  };
}

function fieldCode(key: string, i: number, optional: boolean): string {
  const read = `const parsed${i} = read${i}(given[${key}]); if (parsed${i} === REFUSED) return REFUSED; output[${key}] = parsed${i};`;
  return optional ? `if (given[${key}] !== undefined) { ${read} }` : read;
}

/** A field that is there without a value is left to zod. */
function hasUndefined(object: object): boolean {
  for (const key in object) if ((object as Record<string, unknown>)[key] === undefined) return true;
  return false;
}

/** What an optional field holds when it is there; undefined for one that puts in a value of its own, which is left to zod. */
function plainOptional({ _zod: { def, optin } }: Schema): z.core.SomeType | undefined {
  return def.type === 'optional' && optin === 'optional' && !def.checks?.length ? def.innerType : undefined;
}

function arrayReader(element: Read, test: Test): Read {
  return (value) => {
    if (!Array.isArray(value)) return REFUSED;
    const output: unknown[] = [];
    for (const item of value) {
      const parsed = element(item);
      if (parsed === REFUSED) return REFUSED;
      output.push(parsed);
    }
    return test(output) ? output : REFUSED;
  };
}

function stringReader({ all, ofPlain }: Tests): Read {
  return (value) => {
    if (typeof value !== 'string') return REFUSED;
    return (isPlainText(value) ? ofPlain(value) : all(value)) ? value : REFUSED;
  };
}

function numberReader(test: Test): Read {
  return (value) => (typeof value === 'number' && Number.isFinite(value) && test(value) ? value : REFUSED);
}

/** Gives the schema's own copy of a text, so that a million events do not hold a million copies. */
function oneOf(values: readonly unknown[], test: Test): Read {
  const known = new Map(values.map((value) => [value, value]));
  return (value) => (known.has(value) && test(value) ? known.get(value) : REFUSED);
}

function pipeReader(first: Read, second: Read, test: Test): Read {
  return (value) => {
    const between = first(value);
    const output = between === REFUSED ? REFUSED : second(between);
    return output !== REFUSED && test(output) ? output : REFUSED;
  };
}

function transformReader(transform: Transform, test: Test): Read {
  return (value) => {
    const payload = new TransformPayload(value);
    const output = transform(value, payload);
    return payload.issues.length === 0 && test(output) ? output : REFUSED;
  };
}

/** What zod hands to a transform: it says what is wrong through `addIssue`. */
class TransformPayload {
  readonly issues: z.core.$ZodRawIssue[] = [];
  constructor(readonly value: unknown) {}

  addIssue(issue: z.core.$ZodRawIssue): void {
    this.issues.push(issue);
  }
}

interface Tests {
  readonly all: Test;
  /** Those a plain text has still to pass. */
  readonly ofPlain: Test;
}

/** Undefined when one of the checks is not known here. */
function testsOf(def: Def, plainHolds: ReadonlySet<unknown>): Tests | undefined {
  // A number format is a schema and its own first check.
  const checks = [...('check' in def ? [def] : []), ...(def.checks ?? []).map((check) => check._zod.def)] as Check[];
  const tests = checks.map((check) => ({ check, test: testOf(check) }));
  const known = tests.flatMap(({ check, test }) => (test ? [{ check, test }] : []));
  if (known.length < tests.length) return undefined;
  const left = known.filter(({ check }) => !plainHolds.has(subjectOf(check)));
  return { all: every(known.map(({ test }) => test)), ofPlain: every(left.map(({ test }) => test)) };
}

/** The pattern or the refinement itself, by which `plainHolds` names it. */
function subjectOf(check: Check): unknown {
  if (check.check === 'custom') return check.fn;
  return check.check === 'string_format' ? check.pattern : undefined;
}

function every(tests: readonly Test[]): Test {
  const [first, second, ...more] = tests;
  if (!first) return () => true;
  if (!second) return first;
  const rest = every([second, ...more]);
  return (value) => first(value) && rest(value);
}

/** A check as a test; stricter than zod where zod would have to count code points. Undefined for one that is not known here. */
function testOf(check: Check): Test | undefined {
  switch (check.check) {
    case 'max_length':
      return (value) => lengthOf(value) <= check.maximum;
    case 'min_length':
      return (value) => lengthOf(value) >= (check.minimum > 1 && typeof value === 'string' ? 2 : 1) * check.minimum;
    case 'less_than':
      return check.inclusive
        ? (value) => (value as number) <= (check.value as number)
        : (value) => (value as number) < (check.value as number);
    case 'greater_than':
      return check.inclusive
        ? (value) => (value as number) >= (check.value as number)
        : (value) => (value as number) > (check.value as number);
    case 'number_format':
      return check.format === 'safeint' ? Number.isSafeInteger : undefined;
    case 'string_format':
      return check.format === 'regex' && check.pattern ? matching(check.pattern) : undefined;
    case 'custom':
      return (value) => Boolean(check.fn(value));
    default:
      return undefined;
  }
}

function lengthOf(value: unknown): number {
  return (value as { readonly length: number }).length;
}

/** A pattern that remembers where it was would answer differently the second time. */
function matching(pattern: RegExp): Test | undefined {
  return pattern.global || pattern.sticky ? undefined : (value) => pattern.test(value as string);
}
