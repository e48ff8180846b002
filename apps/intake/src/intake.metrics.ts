// What intake counts.
import { Inject, Injectable } from '@nestjs/common';
import { Metrics } from '#platform';

export type EventResult = 'accepted' | 'refused' | 'forbidden';

@Injectable()
export class IntakeMetrics {
  private readonly events;
  private readonly requests;
  private readonly appendSeconds;

  constructor(@Inject(Metrics) metrics: Metrics) {
    this.events = metrics.counter('fineline_intake_events_total', 'Events by what became of them', ['result']);
    this.requests = metrics.counter('fineline_intake_requests_refused_total', 'Requests refused as a whole', [
      'reason',
    ]);
    this.appendSeconds = metrics.histogram(
      'fineline_intake_append_seconds',
      'Time until the log had the events of a request durably',
      [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 15],
    );
  }

  counted(result: EventResult, count: number): void {
    if (count > 0) this.events.inc({ result }, count);
  }
  unauthenticated(): void {
    this.requests.inc({ reason: 'unauthenticated' });
  }
  refusedWhole(
    reason: 'unreadable' | 'rate-limited' | 'address-limited' | 'idempotency' | 'log-unavailable' | 'no-room',
  ): void {
    this.requests.inc({ reason });
  }
  async timeAppend<Result>(work: () => Promise<Result>): Promise<Result> {
    const end = this.appendSeconds.startTimer();
    try {
      return await work();
    } catch (error) {
      this.refusedWhole('log-unavailable');
      throw error;
    } finally {
      end();
    }
  }
}
