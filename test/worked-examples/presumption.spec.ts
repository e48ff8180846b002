// TEMU-US-5: 20 fraudulent orders of a product shipped in one day and 5% of that day's orders make the whole day fraudulent.
import { describe, expect, it } from '@jest/globals';
import { parseCloudEvent } from '#contracts';
import { loadRulebook } from '#rulebook';
import { evaluateState } from '#domain';
import { FileState } from '../../apps/cli/src/evaluation/file-state.js';
import { cloudEventsOf } from './case.js';

const rulebook = loadRulebook('rulebooks');

/** `shipped` orders of one product and day, the first `fraudulent` of them reported; how many are fined under TEMU-US-5. */
function fined(shipped: number, fraudulent: number): number {
  const state = new FileState();
  const orders = Array.from({ length: shipped }, (_, index) => {
    const orderId = `o-${index}`;
    const order = {
      orderId,
      platform: 'temu',
      market: 'US',
      placedAt: '2025-06-02T15:00:00Z',
      line: { spu: 'spu-1' },
      shipTo: { timeZone: 'America/New_York' },
    };
    const at = '2025-06-03T15:00:00Z';
    const parcel = `TRK${1000 + index}`;
    const reported =
      index < fraudulent ? [{ violation: { kind: 'empty-parcel', at: '2025-06-06T00:00:00Z', orderId } }] : [];
    return {
      events: [
        { order },
        { labelled: { at, orderId, parcel } },
        { scan: { stage: 'accepted', at, parcel } },
        ...reported,
      ],
    };
  });
  for (const [index, order] of orders.entries()) {
    for (const event of cloudEventsOf(order)) {
      const parsed = parseCloudEvent({ ...event, id: `${index}-${String(event['id'])}` }, { tenantId: 'local' });
      if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
      state.add(parsed.event);
    }
  }
  const judged = evaluateState(rulebook, state, Date.parse('2025-06-07T00:00:00Z'));
  return [...judged.orders].filter(({ deadlines }) =>
    deadlines.some(({ ruleId, fine }) => ruleId === 'TEMU-US-5' && fine.amountMinor > 0),
  ).length;
}

describe('TEMU-US-5 presumption', () => {
  it.each([
    ['20 of 400 (exactly 5%)', 400, 20, 400],
    ['20 of 401 (under 5%)', 401, 20, 20],
    ['19 of 100', 100, 19, 19],
  ])('%s', (_, shipped, fraudulent, expected) => {
    expect(fined(shipped, fraudulent)).toBe(expected);
  });
});
