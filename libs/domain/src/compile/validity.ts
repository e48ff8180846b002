// Tests a parcel must pass before its label and scans count as evidence.
import { earliestScan, type ParcelView } from '../evidence.js';
import type { Place } from '../events.js';
import type { ValidityTest } from '../rule.js';
import type { ParcelLink } from '../state.js';
import type { Subject } from '../evaluate/subject.js';
import type { InstantOf } from './clock-start.js';
import type { Reporter } from './reporter.js';

/** The test the parcel fails, or undefined when its evidence counts. What is unknown is not held against the parcel. */
export type RejectedBy = (subject: Subject, parcel: ParcelView) => ValidityTest['test'] | undefined;
type Fails = (subject: Subject, parcel: ParcelView) => boolean;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export function compileValidity(tests: readonly ValidityTest[] | undefined, at: Reporter): RejectedBy | undefined {
  if (!tests || tests.length === 0) return undefined;
  const compiled = tests.map((test, i) => ({ name: test.test, fails: compileTest(test, at.at(i)) }));
  return (subject, parcel) => compiled.find(({ fails }) => fails(subject, parcel))?.name;
}

/** Before this instant the platform rejects an upload: the end of the order's pending period, or so many hours after the order. */
export function uploadLimit(hours: number): InstantOf {
  return ({ facts: { clocks } }) => clocks.pendingEndsAt ?? clocks.placedAt + hours * HOUR_MS;
}

/** The limit each upload is held against, since a number rejected once may be uploaded again. Undefined without such a test. */
export function uploadedFrom(tests: readonly ValidityTest[] | undefined): InstantOf | undefined {
  const test = tests?.find((one) => one.test === 'upload-after-order');
  return test && uploadLimit(test.hours);
}

function compileTest(test: ValidityTest, at: Reporter): Fails {
  switch (test.test) {
    case 'scan-not-before-order':
      return ({ facts }, { scans }) => scans.some((scan) => scan.at < facts.clocks.placedAt - test.hours * HOUR_MS);
    case 'upload-after-order':
      return () => false; // judged upload by upload, see `uploadedFrom`
    case 'destination-postal-code':
      return ({ facts }, { link }) =>
        differ(postalCode(link.destinationPostalCode), postalCode(facts.shipTo?.postalCode));
    case 'origin-country':
      return ({ facts }, { scans }) =>
        differ(earliestScan(scans, 'accepted', 'implied')?.country, facts.shipFrom?.country);
    case 'not-order-number':
      return ({ order }, { link }) => link.trackingNumber === order.orderId.replaceAll(/[\s-]/g, '').toUpperCase();
    case 'number-not-reused':
      return (subject, { link }) => reusedAfter(test, subject, link);
    case 'not-relabelled':
      return (_subject, { link }) => link.replaces !== undefined;
    case 'label-source':
      return ({ facts }, { link }) => differ(link.labelSource ?? facts.labelSource, test.is);
    case 'carrier':
      return (_subject, { link }) => link.carrier !== undefined && !test.in.includes(link.carrier);
    case 'number-format':
      return compilePattern(test.pattern, at.at('pattern'));
    default:
      at.fault(`unknown validity test: ${JSON.stringify(test)}`, 'see the list of tests in the rule language');
      return () => false;
  }
}

function differ(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && b !== undefined && a !== b;
}

/** The first five places decide: a ZIP+4 equals its ZIP, and spacing means nothing. */
function postalCode(text: string | undefined): string | undefined {
  return text?.replaceAll(/[\s-]/g, '').toUpperCase().slice(0, 5);
}

type Reuse = Extract<ValidityTest, { test: 'number-not-reused' }>;

/** The earlier use is the genuine one; of two uploads in the same instant the smaller order id. */
function reusedAfter(
  { days, elsewhere }: Reuse,
  subject: Subject,
  { trackingNumber, uploadedAt }: ParcelLink,
): boolean {
  const { orderId } = subject.order;
  return subject.context
    .otherUses(trackingNumber)
    .some(
      (use) =>
        use.orderId !== orderId &&
        uploadedAt - use.uploadedAt <= days * DAY_MS &&
        (use.uploadedAt < uploadedAt || (use.uploadedAt === uploadedAt && use.orderId < orderId)) &&
        !(elsewhere && isSamePlace(use.shipTo, subject.facts.shipTo)),
    );
}

/** Orders to one postal code may travel in one parcel. What is not known to be the same place is another one. */
function isSamePlace(a: Place | undefined, b: Place | undefined): boolean {
  const code = postalCode(a?.postalCode);
  return code !== undefined && code === postalCode(b?.postalCode) && !differ(a?.country, b?.country);
}

function compilePattern(pattern: string, at: Reporter): Fails {
  try {
    const expression = new RegExp(`^(?:${pattern})$`);
    return (_subject, { link }) => !expression.test(link.trackingNumber);
  } catch (error) {
    at.fault(`not a regular expression: ${(error as Error).message}`, 'write a JavaScript regular expression');
    return () => false;
  }
}
