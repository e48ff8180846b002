import { Inject, Injectable } from '@nestjs/common';

import { TOPICS } from '#contracts';
import type { EventLog, LogRecord } from '#log';
import { DecisionStore, withService } from '#storage';
import type { DataSource, StoredDecision } from '#storage';
import { DATA_SOURCE, EVENT_LOG } from './tokens.js';
import { TrackMetrics } from './track.metrics.js';

const MOST_AT_ONCE = 2_500;

/** Carries the outbox of decisions to their topic: at least once, in order for each order. */
@Injectable()
export class DecisionRelay {
  private readonly decisions = new DecisionStore();

  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(EVENT_LOG) private readonly log: EventLog,
    @Inject(TrackMetrics) private readonly metrics: TrackMetrics,
  ) {}

  /** Publishes what is waiting; true when there may be more. */
  async publish(): Promise<boolean> {
    const published = await withService(this.dataSource, async (transaction) => {
      const waiting = await this.decisions.claimUnpublished(transaction, MOST_AT_ONCE);
      // Appended before the mark is committed: a crash between the two sends again, never loses.
      await this.log.append(TOPICS.decisions, waiting.map(decisionRecord));
      await this.decisions.markPublished(
        transaction,
        waiting.map(({ decisionId }) => decisionId),
      );
      return waiting.length;
    });
    this.metrics.decisions.inc(published);
    return published === MOST_AT_ONCE;
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
