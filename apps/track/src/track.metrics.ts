import { Inject, Injectable } from '@nestjs/common';
import { Metrics } from '#platform';

const BATCH_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** What `track` counts. */
@Injectable()
export class TrackMetrics {
  readonly events;
  readonly batchSeconds;
  readonly lag;
  readonly decisions;
  readonly recomputed;
  readonly judgedLate;
  readonly unjudged;
  readonly setAside;
  readonly closedOrders;
  readonly ruleDrift;

  constructor(@Inject(Metrics) metrics: Metrics) {
    this.events = metrics.counter('fineline_track_events_total', 'Log records by what became of them', ['result']);
    this.batchSeconds = metrics.histogram(
      'fineline_track_batch_seconds',
      'One batch, from read to commit',
      BATCH_BUCKETS,
    );
    this.lag = metrics.gauge('fineline_track_lag_records', 'Records not yet applied', ['topic', 'partition']);
    this.decisions = metrics.counter('fineline_track_decisions_published_total', 'Decisions appended to the log');
    this.recomputed = metrics.counter('fineline_track_recomputed_orders_total', 'Orders evaluated again by a change');
    this.judgedLate = metrics.counter(
      'fineline_track_judged_late_orders_total',
      'Orders judged after their events were read, because the log was far behind',
    );
    this.unjudged = metrics.gauge(
      'fineline_track_unjudged',
      'Marks of orders read and not judged yet, of all processes',
    );
    this.setAside = metrics.counter('fineline_track_set_aside_orders_total', 'Orders that could not be judged');
    this.closedOrders = metrics.counter(
      'fineline_track_closed_orders_total',
      'Orders closed because they are over, and brought back by what came late',
      ['change'],
    );
    this.ruleDrift = metrics.counter(
      'fineline_track_rule_drift_total',
      'Rule versions that began (open) or ceased (close) to disagree with the platform',
      ['rule', 'change'],
    );
  }
}
