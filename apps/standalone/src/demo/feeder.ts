// Plays simulated events into the log as the demo's clock passes the instants at which Fineline hears of them.
import { parseCloudEvent, toLogRecord } from '#contracts';
import type { EventRecord } from '#contracts';
import type { EventLog } from '#log';
import type { SimulatedEvent } from '../simulator/simulate.js';
import { DEMO_TENANT } from './demo-tenant.js';

const LOT = 1_000;

export class Feeder {
  private next = 0;

  /** `events` sorted by arrival; those heard before `after` were fed by an earlier start. */
  constructor(
    private readonly log: EventLog,
    private readonly events: readonly SimulatedEvent[],
    after: number,
  ) {
    while (this.next < events.length && (events[this.next] as SimulatedEvent).arrivesAt <= after) this.next += 1;
  }

  /** Events fed by this start and by earlier ones. */
  get fed(): number {
    return this.next;
  }

  /** Appends everything heard until `at`; answers how many events that were. */
  async feedUntil(at: number): Promise<number> {
    const from = this.next;
    while (this.next < this.events.length && (this.events[this.next] as SimulatedEvent).arrivesAt <= at) {
      const lot = this.events.slice(this.next, this.next + LOT).filter((event) => event.arrivesAt <= at);
      await this.append(lot);
      this.next += lot.length;
    }
    return this.next - from;
  }

  private async append(lot: readonly SimulatedEvent[]): Promise<void> {
    const records = lot.map(recordOf);
    for (const topic of new Set(records.map((record) => record.topic))) {
      await this.log.append(
        topic,
        records.filter((record) => record.topic === topic),
      );
    }
  }
}

function recordOf({ event, arrivesAt }: SimulatedEvent): EventRecord {
  const parsed = parseCloudEvent(event, { tenantId: DEMO_TENANT });
  if (!parsed.ok) throw new Error(`the simulator made an event the contract refuses: ${JSON.stringify(parsed.faults)}`);
  return toLogRecord(event, parsed.event, arrivesAt);
}
