// Input nobody here wrote: every order of the Olist sample through intake, Kafka and track, compared with an independent count.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '#testing';
import { AppProcess } from '../system/app-process.js';
import { Installation } from '../system/installation.js';
import type { SentEvent } from '../system/intake-sender.js';
import { sendInLots } from '../system/intake-sender.js';
import type { OlistCount } from './independent-count.js';
import { independentCount } from './independent-count.js';
import { isOlistHere, olistEvents, olistFolder } from './olist-sample.js';

const FLAT_FINE_MINOR = 500;
const NO_LIMIT = { INTAKE_EVENTS_PER_SECOND: '1000000', INTAKE_BURST_EVENTS: '1000000' };

// Not through Jest's console, which adds a stack to every line.
const say = (line: string): boolean => process.stdout.write(`\nOlist: ${line}\n`);

if (isOlistHere()) describe('the Olist sample through the distributed form', compareWithSample);
else describe('the Olist sample', sayItIsMissing);

function sayItIsMissing(): void {
  it('is NOT here, so NOT checked: that real orders get the verdicts an independent count gives them', () => {
    say(
      `Nothing was compared: ${olistFolder()} does not hold the Olist sample (FINELINE_OLIST_DIR names another folder).`,
    );
    // A folder that was named must be right.
    expect(process.env['FINELINE_OLIST_DIR']).toBeUndefined();
  });
}

function compareWithSample(): void {
  let installation: Installation;
  let events: SentEvent[];
  let expected: OlistCount;

  beforeAll(async () => {
    installation = await Installation.create();
    const key = await installation.key('ops');
    const [intake] = await Promise.all([
      AppProcess.start('intake', { ...installation.variables, ...NO_LIMIT }),
      AppProcess.start('track', installation.variables),
      AppProcess.start('track', installation.variables),
    ]);
    [events, expected] = await Promise.all([olistEvents(), independentCount()]);
    const startedAt = performance.now();
    await sendInLots(intake.url, key, events, { lot: 500, atOnce: 4 });
    const allThere = async (): Promise<void> => expect(await installation.count('evidence')).toBe(events.length);
    await eventually(allThere, { timeoutMs: 120_000, everyMs: 250 });
    const seconds = (performance.now() - startedAt) / 1_000;
    say(`${events.length} events of ${expected.orders} orders, from HTTP to verdicts in ${seconds.toFixed(1)} s`);
  }, 240_000);

  afterAll(async () => {
    AppProcess.killAll();
    await installation?.remove();
  }, 60_000);

  it('takes every order, label and scan in', async () => {
    expect(events).toHaveLength(2 * expected.orders + expected.scans);
    expect(await installation.count('shipment WHERE placed_at IS NOT NULL')).toBe(expected.orders);
    expect(await installation.count('quarantine')).toBe(0);
  });

  it('finds the same orders met and missed, and the same fines', async () => {
    const verdicts = await installation.rows<{ status: string; n: number; amountMinor: number; currency: string }>(
      `SELECT status, count(*)::int AS n, sum(amount_minor)::float8 AS "amountMinor", currency
       FROM deadline WHERE rule_id = 'OWN-DEADLINE' GROUP BY status, currency ORDER BY status`,
    );
    say(`Fineline: ${JSON.stringify(verdicts)}; independent count: ${expected.met} met, ${expected.missed} missed`);
    expect(verdicts).toEqual([
      { status: 'met', n: expected.met, amountMinor: 0, currency: 'BRL' },
      { status: 'missed', n: expected.missed, amountMinor: expected.missed * FLAT_FINE_MINOR, currency: 'BRL' },
    ]);
    const missed = await installation.rows<{ orderId: string }>(
      `SELECT order_id AS "orderId" FROM deadline WHERE status = 'missed' ORDER BY order_id COLLATE "C"`,
    );
    expect(missed.map(({ orderId }) => orderId)).toEqual(expected.missedOrders);
  });
}
