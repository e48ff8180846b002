import { Inject, Injectable } from '@nestjs/common';

import { TOPICS } from '#contracts';
import type { EventLog, LogRecord } from '#log';
import { DecisionStore, withServiceByKey } from '#storage';
import type { DataSource, StoredDecision } from '#storage';
import { DATA_SOURCE, EVENT_LOG } from './tokens.js';
import { TrackMetrics } from './track.metrics.js';

const LOT = 2_500;

/** Carries the outbox of decisions to their topic: at least once, in order for each order. */
@Injectable()
export class DecisionRelay {
  private readonly decisions = new DecisionStore();

  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(EVENT_LOG) private readonly log: EventLog,
    @Inject(TrackMetrics) private readonly metrics: TrackMetrics,
  ) {}

  /** Publishes the oldest lot; true when there may be more. */
  async publish(): Promise<boolean> {
    const published = await withServiceByKey(this.dataSource, async (transaction) => {
      const announced = await this.decisions.claimAnnouncements(transaction, LOT);
      if (announced.length === 0) return 0;
      const ids = announced.flatMap(({ decisionIds }) => decisionIds);
      const decisions = await this.decisions.load(transaction, ids);
      // Appended before the announcements are gone: a crash between the two sends again, never loses.
      await this.log.append(TOPICS.decisions, decisions.map(decisionRecord));
      const done = announced.map(({ announcementId }) => announcementId);
      await this.decisions.removeAnnouncements(transaction, done);
      return decisions.length;
    });
    this.metrics.decisions.inc(published);
    return published >= LOT;
  }
}

/** A CloudEvent whose id is the decision's: consumers drop repetitions by it. */
function decisionRecord(decision: StoredDecision): LogRecord {
  const { tenantId, orderId, kind, body, decidedAt, decisionId } = decision;
  const event = {
    specversion: '1.0',
    id: decisionId,
    source: '/fineline/track',
    type: `com.fineline.decision.${kind}.v1`,
    ...(orderId && { subject: orderId }),
    time: new Date(decidedAt).toISOString(),
    datacontenttype: 'application/json',
    tenantid: tenantId,
  };
  return {
    key: orderId ? `${tenantId}/${orderId}` : tenantId,
    // The body is JSON text already: parsing it to write it again would be a third of this loop's work.
    value: Buffer.from(`${JSON.stringify(event).slice(0, -1)},"data":${body}}`),
    headers: { 'content-type': 'application/cloudevents+json; charset=UTF-8' },
  };
}
