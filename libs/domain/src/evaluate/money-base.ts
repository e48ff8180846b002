// Sums of an order's money that penalties refer to. Integer minor units of the order's currency.
import type { Instant, OrderFacts, OrderLine } from '../events.js';
import type { ParcelView } from '../evidence.js';
import type { MoneyBase } from '../rule.js';
import type { Subject } from './subject.js';

/** What an amount is computed from. `dueAt` picks the shop's rate; `late` are the parcels that miss the rule; undefined when the rule has no parcels to judge. */
export interface MoneyInput {
  readonly subject: Subject;
  readonly dueAt: Instant;
  late(): readonly ParcelView[] | undefined;
}

type BaseOf = (input: MoneyInput) => number;

/** All lines at their ordered quantity, cancelled units included: rules speak of the order's value, not of what is left of it. */
export const BASES: Readonly<Record<MoneyBase, BaseOf>> = {
  'order-value': ({ subject }) => orderValue(subject.facts),
  'order-value-with-shipping': ({ subject }) => valueWithShipping(subject.facts),
  'disbursement-price': ({ subject }) => total(subject.facts.lines, disbursementPrice),
  'cost-of-goods': ({ subject }) => costOfGoods(subject.facts.lines),
  invoice: ({ subject }) => subject.facts.invoiceMinor ?? orderValue(subject.facts),
  'shipping-fee': ({ subject }) => shippingFee(subject.facts),
  'cancelled-value': ({ subject }) => cancelledValue(subject),
  charged: ({ subject }) => subject.incidents.reduce((sum, incident) => sum + (incident.chargedMinor ?? 0), 0),
  'late-cost-of-goods': ({ subject, late }) => costOfReported(subject) ?? costOfGoods(lateLines(subject, late())),
};

function total(lines: OrderFacts['lines'], perUnit: (line: OrderLine) => number): number {
  let sum = 0;
  for (const line of lines) sum += line.quantity * perUnit(line);
  return sum;
}

function orderValue(facts: OrderFacts): number {
  return total(facts.lines, (line) => line.unitPriceMinor);
}

function valueWithShipping(facts: OrderFacts): number {
  return total(facts.lines, priceWithShipping) + (facts.shippingFeeMinor ?? 0);
}

function priceWithShipping(line: OrderLine): number {
  return line.unitPriceMinor + (line.shippingFeeMinor ?? 0);
}

function disbursementPrice(line: OrderLine): number {
  return line.disbursementPriceMinor ?? line.unitPriceMinor;
}

function shippingFee(facts: OrderFacts): number {
  return total(facts.lines, (line) => line.shippingFeeMinor ?? 0) + (facts.shippingFeeMinor ?? 0);
}

function costOfGoods(lines: readonly OrderLine[]): number {
  return total(lines, (line) => line.costOfGoodsMinor ?? 0);
}

/** Of the units or cases that incidents count, as their share of the order; undefined when they count neither. */
function costOfReported({ facts, incidents }: Subject): number | undefined {
  for (const what of ['units', 'cases'] as const) {
    const reported = incidents.flatMap((incident) => incident[what] ?? []).reduce((sum, count) => sum + count, 0);
    const ordered = facts.lines.reduce((sum, line) => sum + (what === 'units' ? line.quantity : (line.cases ?? 0)), 0);
    if (reported > 0 && ordered > 0) {
      return Math.round((costOfGoods(facts.lines) * Math.min(reported, ordered)) / ordered);
    }
  }
  return undefined;
}

/** The whole order once it is cancelled, else its cancelled units; with shipping, as platforms mean the transaction's total price. */
function cancelledValue({ order, facts }: Subject): number {
  if (order.cancelledAt !== undefined) return valueWithShipping(facts);
  return facts.lines.reduce((sum, line) => sum + (line.cancelledQuantity ?? 0) * priceWithShipping(line), 0);
}

/**
 * Lines that travel in the late parcels, and those that no parcel carries yet; every line when the order does not say which parcel carries
 * what, or says that the late ones carry none. Of a single parcel its own.
 */
function lateLines({ facts, parcels, parcel }: Subject, late: readonly ParcelView[] | undefined): readonly OrderLine[] {
  if (!late || late.some(({ link }) => !link.lineIds)) return facts.lines;
  const inLate = lineIdsOf(late);
  const isAllTold = !parcel && parcels.every(({ link }) => link.lineIds);
  const carried = lineIdsOf(parcels);
  const lines = facts.lines.filter(({ lineId }) => inLate.has(lineId) || (isAllTold && !carried.has(lineId)));
  return lines.length > 0 ? lines : facts.lines;
}

function lineIdsOf(parcels: readonly ParcelView[]): ReadonlySet<string> {
  return new Set(parcels.flatMap(({ link }) => link.lineIds ?? []));
}
