// Reads a shop's own export as canonical events. A mapping says which column becomes which field; its `data` has the shape of
// the event's own data, so the event pages are its reference. Pure: used by the command line and, over HTTP, by intake.
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Fault, Wrong } from './fault.js';
import { faultAt, faultsOf, says, wrong } from './fault.js';
import { parseCloudEvent } from './cloud-event.js';
import type { CellDefaults, CellKind, ColumnSpec } from './csv-cells.js';
import { columnSpec, compileDateFormat, readCell } from './csv-cells.js';
import type { EventName } from './events/index.js';
import { timeOf } from './event-time.js';
import { EVENT_DATA, cloudEventType } from './events/index.js';
import { currencyCode, timeZone } from './primitives.js';

const constantSpec = z.strictObject({ value: z.json() });
const templateSpec = z.strictObject({ template: z.string().min(1) });

type FieldSpec = string | ColumnSpec | { value: z.core.util.JSONType } | { template: string } | FieldTree | FieldTree[];
interface FieldTree {
  [field: string]: FieldSpec;
}
const fieldSpec: z.ZodType<FieldSpec> = z.lazy(() =>
  z.union([z.string().min(1), columnSpec, constantSpec, templateSpec, fieldTree, z.array(fieldTree).min(1)]),
);
const fieldTree: z.ZodType<FieldTree> = z.lazy(() => z.record(z.string(), fieldSpec));

const dateFormat = z.string().refine((format) => {
  if (['rfc3339', 'epoch-seconds', 'epoch-milliseconds'].includes(format)) return true;
  try {
    return Boolean(compileDateFormat(format));
  } catch {
    return false;
  }
}, says('date-format'));

export const csvMapping = z.strictObject({
  mapping: z.string().regex(/^[a-z0-9-]{1,60}$/, says('mapping-name')),
  source: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .meta({ description: 'CloudEvents source; urn:csv:<mapping> by default' }),
  delimiter: z.string().length(1).default(','),
  encoding: z
    .enum(['utf-8', 'gb18030', 'windows-1252'])
    .default('utf-8')
    .meta({ description: 'text encoding of the file, for the caller to decode with; gb18030 reads GBK exports' }),
  zone: timeZone.optional().meta({ description: 'zone of local times in the file' }),
  dates: dateFormat.default('rfc3339'),
  decimal: z.enum(['.', ',']).default('.'),
  currency: currencyCode.optional(),
  group: z.string().optional().meta({ description: 'column: neighbouring rows with the same value are one order' }),
  events: z
    .array(
      z.strictObject({
        type: z.enum(Object.keys(EVENT_DATA) as [EventName, ...EventName[]]),
        if: z.array(z.string()).optional().meta({ description: 'made only when all these columns are filled' }),
        time: fieldSpec.optional(),
        data: fieldTree,
      }),
    )
    .min(1),
});
export type CsvMapping = z.output<typeof csvMapping>;
export type CsvRow = Readonly<Record<string, string | undefined>>;

/** A structured CloudEvent as it would travel, without `tenantid` (the sender's credentials say whose it is). */
export interface MappedEvent {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly time: string;
  readonly data: Record<string, unknown>;
}
/** A fault with the column it came from where one did; `pointer` is into the event. */
export type CellFault = Fault & { readonly column?: string };
export type MapResult = { ok: true; events: MappedEvent[] } | { ok: false; faults: CellFault[] };

/** Checks a parsed YAML or JSON mapping; all faults at once. */
export function parseMapping(value: unknown): { ok: true; mapping: CsvMapping } | { ok: false; faults: Fault[] } {
  const parsed = csvMapping.safeParse(value);
  return parsed.success ? { ok: true, mapping: parsed.data } : { ok: false, faults: faultsOf(parsed.error) };
}

/** Every column name the mapping reads; the caller compares them with the header before the first row. */
export function mappedColumns(mapping: CsvMapping): string[] {
  const names = new Set<string>(mapping.group ? [mapping.group] : []);
  const visit = (spec: FieldSpec): void => {
    if (typeof spec === 'string') names.add(spec);
    else if (Array.isArray(spec)) spec.forEach(visit);
    else if (isColumn(spec)) names.add(spec.column);
    else if (isTemplate(spec)) for (const [, name] of spec.template.matchAll(PLACEHOLDER)) names.add(name as string);
    else if (!isConstant(spec)) Object.values(spec).forEach(visit);
  };
  for (const event of mapping.events) {
    event.if?.forEach((name) => names.add(name));
    if (event.time !== undefined) visit(event.time);
    visit(event.data);
  }
  return [...names];
}

/** One row to the events it stands for. All faults of the row are reported together. */
export function mapRow(mapping: CsvMapping, row: CsvRow): MapResult {
  return mapRows(mapping, [row]);
}

/**
 * Neighbouring rows of one order to its events: a `lines` list with one entry is repeated for each row, everything else is read
 * from the first row. Event ids are made from the content, so sending a file twice changes nothing.
 */
export function mapRows(mapping: CsvMapping, rows: readonly CsvRow[]): MapResult {
  const events: MappedEvent[] = [];
  const faults: CellFault[] = [];
  const made = new Set<string>();
  for (const spec of mapping.events) {
    for (const row of spec.type === 'order.placed' ? rows.slice(0, 1) : rows) {
      if (spec.if?.some((name) => !filled(row, name))) continue;
      const builder = new EventBuilder(mapping, row, rows);
      const event = builder.build(spec);
      if (event && !made.has(event.id)) events.push(event);
      if (event) made.add(event.id);
      faults.push(...builder.faults);
    }
  }
  return faults.length > 0 ? { ok: false, faults } : { ok: true, events };
}

type EventSpec = CsvMapping['events'][number];

class EventBuilder {
  readonly faults: CellFault[] = [];
  private readonly columns = new Map<string, string>();
  private readonly defaults: CellDefaults;

  constructor(
    private readonly mapping: CsvMapping,
    private readonly row: CsvRow,
    private readonly group: readonly CsvRow[],
  ) {
    this.defaults = { zone: mapping.zone, dates: mapping.dates, decimal: mapping.decimal, currency: mapping.currency };
  }

  build(spec: EventSpec): MappedEvent | undefined {
    const data = this.tree(spec.data, this.row, '/data') ?? {};
    const time = spec.time === undefined ? timeOf(spec.type, data) : this.field('time', spec.time, this.row, '/time');
    if (this.faults.length > 0) return undefined;
    const checkedData = EVENT_DATA[spec.type].safeParse(data);
    if (!checkedData.success) return this.refuse(faultsOf(checkedData.error, '/data'));
    const event = this.envelope(spec.type, data, String(time ?? ''));
    const checked = parseCloudEvent(event, { tenantId: 'check' });
    return checked.ok ? event : this.refuse(checked.faults);
  }

  private envelope(type: EventName, data: Record<string, unknown>, time: string): MappedEvent {
    const subject = String(data['orderId'] ?? data['trackingNumber'] ?? data['shopId'] ?? data['waiverId'] ?? '');
    const digest = createHash('sha256')
      .update(JSON.stringify([type, time, data]))
      .digest('hex')
      .slice(0, 20);
    return {
      specversion: '1.0',
      id: `${type}:${subject.slice(0, 60)}:${digest}`,
      source: this.mapping.source ?? `urn:csv:${this.mapping.mapping}`,
      type: cloudEventType(type),
      time,
      data,
    };
  }

  private tree(tree: FieldTree, row: CsvRow, pointer: string): Record<string, unknown> | undefined {
    const built: Record<string, unknown> = {};
    for (const [name, spec] of Object.entries(tree)) {
      const value = this.field(name, spec, row, `${pointer}/${name}`);
      if (value !== undefined) built[name] = value;
    }
    return Object.keys(built).length > 0 ? built : undefined;
  }

  private field(name: string, spec: FieldSpec, row: CsvRow, pointer: string): unknown {
    if (typeof spec === 'string') return this.cell(name, { column: spec }, row, pointer);
    if (Array.isArray(spec)) return this.list(spec, pointer);
    if (isColumn(spec)) return this.cell(name, spec, row, pointer);
    if (isConstant(spec)) return spec.value;
    if (isTemplate(spec)) return fillTemplate(spec.template, row);
    return this.tree(spec, row, pointer);
  }

  private list(specs: readonly FieldTree[], pointer: string): unknown[] | undefined {
    const perRow = specs.length === 1 ? this.group.map((row) => [specs[0] as FieldTree, row] as const) : undefined;
    const entries = perRow ?? specs.map((spec) => [spec, this.row] as const);
    const built = entries.map(([spec, row], index) => this.tree(spec, row, `${pointer}/${index}`));
    const kept = built.filter((entry) => entry !== undefined);
    return kept.length > 0 ? kept : undefined;
  }

  private cell(name: string, spec: ColumnSpec, row: CsvRow, pointer: string): unknown {
    this.columns.set(pointer, spec.column);
    if (!Object.hasOwn(row, spec.column)) return this.fault(pointer, wrong('column-missing'));
    const text = (row[spec.column] ?? '').trim();
    if (text === '') return spec.default;
    const read = readCell(text, spec.as ?? kindOf(name), spec, this.defaults);
    return read.ok ? read.value : this.fault(pointer, read.wrong);
  }

  private refuse(faults: readonly Fault[]): undefined {
    for (const fault of faults) this.fault(fault.pointer, wrong(fault.code, fault.values));
  }

  private fault(pointer: string, { code, values }: Wrong): undefined {
    const column = this.columns.get(pointer) ?? this.columnsBelow(pointer);
    const told = column ? { ...values, column } : values;
    this.faults.push({ ...faultAt(pointer, wrong(code, told)), ...(column && { column }) });
  }

  /** Columns of an object that is missing because all its cells were empty. */
  private columnsBelow(pointer: string): string | undefined {
    const names = [...this.columns].flatMap(([at, name]) => (at.startsWith(`${pointer}/`) ? [name] : []));
    return names.length > 0 ? names.join('", "') : undefined;
  }
}

function filled(row: CsvRow, name: string): boolean {
  return (row[name] ?? '').trim() !== '';
}

const PLACEHOLDER = /\{([^{}]+)\}/g;

function fillTemplate(template: string, row: CsvRow): string | undefined {
  let complete = true;
  const text = template.replaceAll(PLACEHOLDER, (_, name: string) => {
    complete &&= filled(row, name);
    return (row[name] ?? '').trim();
  });
  return complete ? text : undefined;
}

function isColumn(spec: object): spec is ColumnSpec {
  return 'column' in spec;
}
function isConstant(spec: object): spec is { value: z.core.util.JSONType } {
  return 'value' in spec;
}
function isTemplate(spec: object): spec is { template: string } {
  return 'template' in spec;
}

const INTEGER_FIELDS =
  /^(quantity|cancelledQuantity|cases|units|count|pallets|loads|parcels|numerator|denominator|\w+Days)$/;

/** The kind a field is read as when the mapping does not say: its name is enough for canonical fields. */
function kindOf(field: string): CellKind {
  if (field === 'time' || /(?:At|AtLatest|[a-z]By|windowStart|windowEnd|^from|^until)$/.test(field)) return 'instant';
  if (field.endsWith('Minor')) return 'money';
  if (field === 'tags' || field === 'lineIds') return 'list';
  return INTEGER_FIELDS.test(field) ? 'integer' : 'text';
}
