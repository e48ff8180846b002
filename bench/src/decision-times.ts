// When the first decision on each order came, as a consumer of the decisions topic sees it.
import { eventually } from '#testing';
import { kafkaOf } from './kafka-fixture.js';

const PATIENCE_MS = 60_000;

export class DecisionTimes {
  private readonly firstAt = new Map<string, number>();

  private constructor(readonly close: () => Promise<void>) {}

  /** Of the orders of one tenant where `tenantId` is given, else of all. */
  static async open(brokers: string, topic: string, tenantId?: string): Promise<DecisionTimes> {
    const consumer = kafkaOf(brokers).consumer({ groupId: `${topic}-times`, maxWaitTimeInMs: 10 });
    const times = new DecisionTimes(() => consumer.disconnect());
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      eachMessage: async ({ message }) => {
        const [tenant, order] = String(message.key).split('/');
        if (tenantId !== undefined && tenant !== tenantId) return;
        if (!times.firstAt.has(order!)) times.firstAt.set(order!, Date.now());
      },
    });
    return times;
  }

  /** Milliseconds from when each order was due to be sent to its first decision, sorted. Throws when some never come. */
  async since(dueAt: ReadonlyMap<string, number>): Promise<number[]> {
    await eventually(() => [...dueAt.keys()].every((order) => this.firstAt.has(order)), {
      timeoutMs: PATIENCE_MS,
      everyMs: 100,
    });
    return [...dueAt].map(([order, due]) => this.firstAt.get(order)! - due).sort((a, b) => a - b);
  }
}
