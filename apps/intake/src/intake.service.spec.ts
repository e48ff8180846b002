import { describe, expect, it } from '@jest/globals';
import type { EventLog } from '#log';
import { Metrics } from '#platform';
import type { DataSource } from '#storage';
import { manualClock } from '#testing';
import { FairTurns } from './fair-turns.js';
import { intakeSettings } from './intake.config.js';
import { IntakeMetrics } from './intake.metrics.js';
import type { Intake } from './intake.service.js';
import { IntakeService } from './intake.service.js';
import { Ownership } from './ownership.js';

const NOW = '2026-01-30T21:00:00Z';

function from(tenantId: string): Intake {
  const trace = { traceparent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01` };
  return { sender: { identity: { tenantId, role: 'ops', name: 'test' }, label: 'key:test' }, channel: 'http', trace };
}

function events(count: number) {
  const cancelled = (orderId: string) => ({
    specversion: '1.0',
    id: orderId,
    source: '/shops/1',
    type: 'com.fineline.order.cancelled.v1',
    time: '2026-01-30T20:47:00Z',
    data: { orderId, cancelledAt: '2026-01-30T20:47:00Z', by: 'buyer' },
  });
  return Array.from({ length: count }, (_, index) => ({
    envelope: cancelled(`o-${index}`),
    raw: (): Buffer => Buffer.alloc(0),
  }));
}

describe('IntakeService', () => {
  it('lets the one event of a tenant pass the long list of another, and still takes all of both', async () => {
    const appended: string[] = [];
    const append: EventLog['append'] = (_topic, records) => {
      appended.push(`${records[0]!.key.split('/')[0]} ${records.length}`);
      return Promise.resolve();
    };
    const untouched = {} as DataSource;
    const service = new IntakeService(
      { append } as EventLog,
      untouched,
      manualClock(NOW),
      intakeSettings(),
      new FairTurns(),
      new Ownership(untouched),
      new IntakeMetrics(new Metrics()),
    );
    const [long, short] = await Promise.all([
      service.take(from('loud'), events(500)),
      service.take(from('quiet'), events(1)),
    ]);
    expect(appended).toEqual(['quiet 1', 'loud 500']);
    expect([long.length, short.length]).toEqual([500, 1]);
  });
});
