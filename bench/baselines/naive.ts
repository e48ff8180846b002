// Baseline "naive": the service one writes first. Nest's own Kafka transport, one @EventPattern handler a topic, TypeORM find
// and save per message, one delayed BullMQ job per deadline. Same effects in outline: evidence once, state, deadline, timer.
import 'reflect-metadata';
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { KafkaOptions } from '@nestjs/microservices';
import { Ctx, EventPattern, KafkaContext, Payload, Transport } from '@nestjs/microservices';
import { Queue } from 'bullmq';
import type { ConnectionOptions } from 'bullmq';
import { Column, DataSource, Entity, PrimaryColumn } from 'typeorm';
import { TOPICS } from '#contracts';

const HOURS_48 = 48 * 3_600_000;

@Entity('naive_event')
class NaiveEvent {
  @PrimaryColumn('text') tenantId!: string;
  @PrimaryColumn('text') eventId!: string;
  @Column('text') type!: string;
  @Column('jsonb') payload!: object;
}

@Entity('naive_parcel')
class NaiveParcel {
  @PrimaryColumn('text') tenantId!: string;
  @PrimaryColumn('text') trackingNumber!: string;
  @Column('text', { nullable: true }) orderId!: string | null;
  @Column('timestamptz', { nullable: true }) dueAt!: Date | null;
  @Column('timestamptz', { nullable: true }) acceptedAt!: Date | null;
  @Column('jsonb', { default: [] }) scans!: object[];
}

@Entity('naive_order')
class NaiveOrder {
  @PrimaryColumn('text') tenantId!: string;
  @PrimaryColumn('text') orderId!: string;
  @Column('jsonb') facts!: object;
}

interface NaiveData {
  readonly orderId: string;
  readonly trackingNumber: string;
  readonly uploadedAt: string;
  readonly occurredAt: string;
  readonly strength: string;
}
interface NaiveMessage {
  readonly tenantid: string;
  readonly id: string;
  readonly type: string;
  readonly data: NaiveData;
}

/** Shared with the controller: Nest builds it, the bench starts and watches it. */
const run: { database?: DataSource; queue?: Queue; handled: number; startedAt: number; onHandled: () => void } = {
  handled: 0,
  startedAt: 0,
  onHandled: () => undefined,
};

@Controller()
class NaiveController {
  @(EventPattern(TOPICS.orders) as MethodDecorator)
  async onOrder(@Payload() message: NaiveMessage, @Ctx() _context: KafkaContext): Promise<void> {
    await this.once(message, async ({ tenantid: tenantId, data }) => {
      if (!data.trackingNumber) {
        await this.repository(NaiveOrder).save({ tenantId, orderId: data.orderId, facts: data });
        return;
      }
      const dueAt = new Date(Date.parse(data.uploadedAt) + HOURS_48);
      const known = await this.repository(NaiveParcel).findOneBy({ tenantId, trackingNumber: data.trackingNumber });
      await this.repository(NaiveParcel).save({
        ...(known ?? { tenantId, scans: [] }),
        trackingNumber: data.trackingNumber,
        orderId: data.orderId,
        dueAt,
      });
      const delay = Math.max(1, dueAt.getTime() - Date.now());
      await run.queue?.add('deadline', { tenantId, orderId: data.orderId }, { delay });
    });
  }

  @(EventPattern(TOPICS.scans) as MethodDecorator)
  async onScan(@Payload() message: NaiveMessage, @Ctx() _context: KafkaContext): Promise<void> {
    await this.once(message, async ({ tenantid: tenantId, data }) => {
      const parcel = (await this.repository(NaiveParcel).findOneBy({
        tenantId,
        trackingNumber: data.trackingNumber,
      })) ?? {
        tenantId,
        trackingNumber: data.trackingNumber,
        scans: [],
        acceptedAt: null,
      };
      const occurredAt = new Date(data.occurredAt);
      const accepted = data.strength === 'claimed' ? parcel.acceptedAt : (parcel.acceptedAt ?? occurredAt);
      await this.repository(NaiveParcel).save({ ...parcel, acceptedAt: accepted, scans: [...parcel.scans, data] });
    });
  }

  private async once(message: NaiveMessage, effect: (message: NaiveMessage) => Promise<void>): Promise<void> {
    run.startedAt ||= performance.now();
    const { tenantid: tenantId, id: eventId, type } = message;
    const seen = await this.repository(NaiveEvent).findOneBy({ tenantId, eventId });
    if (!seen) {
      await this.repository(NaiveEvent).save({ tenantId, eventId, type, payload: message.data });
      await effect(message);
    }
    run.handled += 1;
    run.onHandled();
  }

  private repository<Row extends object>(entity: new () => Row) {
    return (run.database as DataSource).getRepository(entity);
  }
}

@Module({ controllers: [NaiveController] })
class NaiveModule {}

/** Consumes `events` messages; resolves with the seconds from the first to the last. `concurrency` partitions at once. */
export async function runNaive(
  connections: { brokers: string; databaseUrl: string; redisUrl: string; prefix: string },
  events: number,
  concurrency: number,
): Promise<number> {
  run.handled = run.startedAt = 0;
  run.database = await new DataSource({
    type: 'postgres',
    url: connections.databaseUrl,
    poolSize: concurrency + 2,
    entities: [NaiveEvent, NaiveParcel, NaiveOrder],
    synchronize: true,
  }).initialize();
  run.queue = new Queue('naive-deadlines', {
    connection: { url: connections.redisUrl } as ConnectionOptions,
    prefix: connections.prefix,
  });
  const app = await NestFactory.createMicroservice<KafkaOptions>(NaiveModule, {
    logger: false,
    transport: Transport.KAFKA,
    options: {
      client: { brokers: connections.brokers.split(','), logLevel: 0 },
      consumer: { groupId: `naive-${process.pid}-${Date.now()}` },
      subscribe: { fromBeginning: true },
      run: { partitionsConsumedConcurrently: concurrency },
    },
  });
  const done = new Promise<void>((resolve) => (run.onHandled = () => run.handled >= events && resolve()));
  await app.listen();
  await done;
  const seconds = (performance.now() - run.startedAt) / 1000;
  await app.close();
  await run.queue.obliterate({ force: true });
  await run.queue.close();
  await run.database.destroy();
  return seconds;
}
