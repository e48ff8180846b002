// Event to decision under a steady load: `track` as a process of its own, orders and scans sent on a timetable, and the time until the first
// decision on an order is on its topic. Its memory is watched all the while: a long run tells whether it grows.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Kafka } from 'kafkajs';
import { TOPICS, TOPIC_SPECS } from '#contracts';
import { AppProcess } from '../../test/e2e/system/app-process.js';
import { calibrate } from './calibration.js';
import { prepareTemplate, withDatabase } from './databases.js';
import { DecisionTimes } from './decision-times.js';
import type { BenchRecord } from './events.js';
import { EVENTS_PER_ORDER, benchRecords } from './events.js';
import { percentile } from './http-client.js';
import { kafkaOf } from './kafka-fixture.js';
import type { BenchOptions } from './options.js';
import { cpuSecondsOf, residentMbOf } from './process-usage.js';
import type { Contestant, Figures, RoundsResult } from './rounds.js';
import { runRounds } from './rounds.js';

const DEFAULT_PER_SECOND = 2_000;
const SECONDS = 30;
const WARM_UP_SECONDS = 10;
const TICK_MS = 20;
/** Between two events of an order. */
const APART_SECONDS = 0.5;

/** `--count` events a second; `--only seconds=1800` for a long run. */
export async function latency(options: BenchOptions): Promise<RoundsResult> {
  const { postgresUrl, rounds, count = DEFAULT_PER_SECOND, only } = options;
  const seconds = Number(only[0]?.split('=')[1] ?? SECONDS);
  await prepareTemplate(postgresUrl);
  const contestant: Contestant = {
    name: `${count} events/s for ${seconds} s`,
    run: () => withDatabase(postgresUrl, 'ours', (databaseUrl) => run(options, databaseUrl, count, seconds)),
  };
  return runRounds(rounds, [contestant], [], () => calibrate(postgresUrl));
}

let runs = 0;

async function run({ brokers }: BenchOptions, databaseUrl: string, rate: number, seconds: number): Promise<Figures> {
  const kafka = kafkaOf(brokers);
  const prefix = `latency-${process.pid}-${++runs}.`;
  await createTopics(kafka, prefix);
  const track = await AppProcess.start('track', {
    DATABASE_URL: databaseUrl,
    KAFKA_BROKERS: brokers,
    KAFKA_PREFIX: prefix,
  });
  const decided = await DecisionTimes.open(brokers, prefix + TOPICS.decisions);
  const memory = new MemoryWatch(track.pid);
  try {
    const feed = new Feed(kafka, prefix, rate, WARM_UP_SECONDS + seconds);
    await feed.send(WARM_UP_SECONDS);
    const cpuBefore = cpuSecondsOf(track.pid);
    const sentAt = await feed.send(seconds);
    const took = await decided.since(sentAt);
    return {
      orders: took.length,
      cpuMicrosPerEvent: ((cpuSecondsOf(track.pid) - cpuBefore) * 1e6) / (rate * seconds),
      p50Ms: percentile(took, 0.5),
      p99Ms: percentile(took, 0.99),
      ...memory.figures(),
    };
  } finally {
    memory.stop();
    await decided.close();
    await track.signal('SIGTERM');
  }
}

async function createTopics(kafka: Kafka, prefix: string): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  const topics = TOPIC_SPECS.map(({ name, partitions }) => ({ topic: prefix + name, numPartitions: partitions }));
  await admin.createTopics({ topics, waitForLeaders: true });
  await admin.disconnect();
}

/** Sends `rate` events a second, the mix of orders and scans the same at any time after the first seconds. */
class Feed {
  private readonly records: Generator<BenchRecord>;
  private readonly orders = new Set<string>();

  constructor(
    private readonly kafka: Kafka,
    private readonly prefix: string,
    private readonly rate: number,
    seconds: number,
  ) {
    const ordersPerSecond = rate / EVENTS_PER_ORDER;
    this.records = benchRecords(rate * seconds, 0, Math.ceil(ordersPerSecond * APART_SECONDS));
  }

  /** Answers when each new order was due to be sent, by its id. */
  async send(seconds: number): Promise<Map<string, number>> {
    const { rate } = this;
    const producer = this.kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
    await producer.connect();
    const sentAt = new Map<string, number>();
    const start = Date.now();
    for (let sent = 0; sent < rate * seconds;) {
      const lot: BenchRecord[] = [];
      for (const due = ((Date.now() - start) * rate) / 1_000; sent < Math.min(due, rate * seconds); sent++) {
        const record = this.records.next().value as BenchRecord;
        lot.push(record);
        if (this.isNewOrder(record)) sentAt.set(orderOf(record), start + (sent * 1_000) / rate);
      }
      const topicMessages = [TOPICS.orders, TOPICS.scans].map((topic) => ({
        topic: this.prefix + topic,
        messages: lot.filter((record) => record.topic === topic),
      }));
      if (lot.length > 0) await producer.sendBatch({ acks: -1, topicMessages });
      await sleep(TICK_MS);
    }
    await producer.disconnect();
    return sentAt;
  }

  private isNewOrder(record: BenchRecord): boolean {
    if (record.topic !== TOPICS.orders || this.orders.has(orderOf(record))) return false;
    this.orders.add(orderOf(record));
    return true;
  }
}

function orderOf({ key }: BenchRecord): string {
  return key.split('/')[1]!;
}

/** Resident memory of a process, once a second, where the system tells (Linux). */
class MemoryWatch {
  private readonly samples: number[] = [];
  private readonly timer: NodeJS.Timeout;

  constructor(pid: number) {
    this.timer = setInterval(() => this.samples.push(residentMbOf(pid, 'now')), 1_000);
  }

  /** The mean of each quarter of the run. */
  figures(): Figures {
    const quarter = Math.floor(this.samples.length / 4);
    const mean = (index: number): number => {
      const part = this.samples.slice(index * quarter, (index + 1) * quarter);
      return Math.round(part.reduce((sum, each) => sum + each, 0) / Math.max(1, part.length));
    };
    return { rssQ1Mb: mean(0), rssQ2Mb: mean(1), rssQ3Mb: mean(2), rssQ4Mb: mean(3) };
  }

  stop(): void {
    clearInterval(this.timer);
  }
}
