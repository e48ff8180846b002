import { describe, expect, it } from '@jest/globals';
import { checkCloudEvent, parseCloudEvent } from '#contracts';
import { simulate } from '../apps/standalone/src/simulator/simulate.js';
import { cloudEventsOf, readCases } from './worked-examples/case.js';

const from = Date.UTC(2026, 1, 2, 14);
const simulated = simulate({ seed: 7, from, until: from + 86_400_000, ordersPerDay: 100 });

/** The property test over changed events is beside the reader, in libs/contracts. */
describe('events read quickly and checked with zod are the same', () => {
  it.each([
    ['published examples', readCases('published.yaml').flatMap(cloudEventsOf)],
    ['derived examples', readCases('derived.yaml').flatMap(cloudEventsOf)],
    ['a simulated day', simulated.map(({ event }) => event)],
  ])('%s', (_name, events) => {
    expect(events.length).toBeGreaterThan(50);
    for (const event of events) {
      const quick = parseCloudEvent(event, { tenantId: 't1' });
      expect(JSON.stringify(quick)).toBe(JSON.stringify(checkCloudEvent(event, { tenantId: 't1' })));
    }
  });
});
