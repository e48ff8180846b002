// Live changes for every open page of this process: one poller, one query per audience, however many pages are open.
import { ProblemException } from '#platform';
import type { Change } from '#storage';
import { asPerson, decisionIdsAfter, decisionsAfter, newestDecision, visibleDecisions, withService } from '#storage';
import type { MessageEvent, OnModuleDestroy } from '@nestjs/common';
import { Inject, Injectable } from '@nestjs/common';
import type { Subscriber } from 'rxjs';
import { Observable, Subject, takeUntil } from 'rxjs';
import type { ApiOptions } from '../api-options.js';
import { API_OPTIONS } from '../api-options.js';
import type { Person } from '../auth/person.js';

// Transactions commit out of the order of their ids: ids this far behind the newest are looked at again.
const LOOK_BACK = 2_000;
const MOST_IDS = 5_000;
/** More than this at once is told as one `many`: the page reads its lists again anyway. */
const MOST_CHANGES = 500;
/** So many ids, of all tenants, are read again for a page that comes back. */
const MOST_MISSED = 50_000;
const HEARTBEAT_MS = 15_000;
const FIRST_BEATS_MS = 1_000;

type Listener = (changes: Change[], many: boolean) => void;
interface Audience {
  readonly person: Person;
  readonly listeners: Set<Listener>;
}

@Injectable()
export class ChangeHub implements OnModuleDestroy {
  private readonly audiences = new Map<string, Audience>();
  private readonly seen = new Set<number>();
  private newest = 0;
  private timer: NodeJS.Timeout | undefined;
  private polling: Promise<void> = Promise.resolve();
  private readonly ending = new Subject<void>();

  constructor(@Inject(API_OPTIONS) private readonly options: ApiOptions) {}

  /** What this person may see, from after `lastEventId` on. Throws 429 when the tenant has its share of streams. */
  follow(person: Person, lastEventId: string | undefined): Observable<MessageEvent> {
    if (this.streamsOf(person.tenantId) >= this.options.streamsPerTenant) {
      throw new ProblemException(429, 'too-many-streams', 'Your organisation has too many pages open at once.');
    }
    const changes = new Observable<MessageEvent>((subscriber) => {
      const told = new Set<string>();
      const tell: Listener = (changes, many) => {
        const news = changes.filter(({ decisionId }) => !told.has(decisionId));
        for (const event of eventsOf(news, many)) subscriber.next(event);
      };
      const leave = this.join(person, tell);
      const stopBeating = this.beat((event) => subscriber.next(event));
      this.catchUp(person, lastEventId, subscriber)
        .then((missed) => {
          tell(missed, missed.length > MOST_CHANGES);
          for (const { decisionId } of missed) told.add(decisionId);
        })
        .catch((error: unknown) => subscriber.error(error));
      return () => {
        stopBeating();
        leave();
      };
    });
    return changes.pipe(takeUntil(this.ending));
  }

  /** Ends every stream: the server does not stop while an answer is being sent. Pages come back to another replica. */
  async onModuleDestroy(): Promise<void> {
    this.ending.next();
    clearTimeout(this.timer);
    this.audiences.clear();
    await this.polling;
  }

  private streamsOf(tenantId: string): number {
    const own = [...this.audiences.values()].filter(({ person }) => person.tenantId === tenantId);
    return own.reduce((sum, { listeners }) => sum + listeners.size, 0);
  }

  private join(person: Person, listener: Listener): () => void {
    const { tenantId, role, sellerId, warehouseId } = person;
    const name = JSON.stringify([tenantId, role, sellerId, warehouseId]);
    const audience = this.audiences.get(name) ?? { person, listeners: new Set() };
    this.audiences.set(name, audience);
    audience.listeners.add(listener);
    if (!this.timer) this.schedule(0);
    return () => {
      audience.listeners.delete(listener);
      if (audience.listeners.size === 0) this.audiences.delete(name);
    };
  }

  /** The server's clock, so that a page can count down by it; twice at first, which also shows how fast it runs. */
  private beat(send: (event: MessageEvent) => void): () => void {
    const beat = (): void => send({ type: 'clock', data: { now: new Date(this.options.clock.now()).toISOString() } });
    const second = setTimeout(beat, FIRST_BEATS_MS);
    const timer = setInterval(beat, HEARTBEAT_MS);
    beat();
    return () => {
      clearTimeout(second);
      clearInterval(timer);
    };
  }

  /** What the person missed. One that was away for too long is told that it was much, without it being read. */
  private async catchUp(
    person: Person,
    lastEventId: string | undefined,
    subscriber: Subscriber<MessageEvent>,
  ): Promise<Change[]> {
    if (lastEventId === undefined || !/^\d{1,18}$/.test(lastEventId)) return [];
    const { dataSource, clock } = this.options;
    const newest = await withService(dataSource, newestDecision);
    if (newest - Number(lastEventId) > MOST_MISSED) {
      subscriber.next(manyEvent(String(newest), new Date(clock.now()).toISOString()));
      return [];
    }
    return asPerson(dataSource, person, (transaction) => decisionsAfter(transaction, lastEventId, MOST_CHANGES + 1));
  }

  private schedule(delayMs: number): void {
    this.timer = setTimeout(() => {
      this.polling = this.poll()
        .catch((error: unknown) => this.options.logger.warn({ err: error }, 'reading changes failed, trying again'))
        .finally(() => this.goOn());
    }, delayMs);
  }

  private goOn(): void {
    this.timer = undefined;
    if (this.audiences.size > 0) this.schedule(this.options.changePollMs);
    else this.seen.clear();
  }

  private async poll(): Promise<void> {
    const { dataSource } = this.options;
    const isFirst = this.seen.size === 0;
    const ids = await withService(dataSource, async (transaction) => {
      if (isFirst) this.newest = await newestDecision(transaction);
      return decisionIdsAfter(transaction, this.newest - LOOK_BACK, MOST_IDS);
    });
    const fresh = ids.filter(({ id }) => !this.seen.has(id));
    this.remember(ids.map(({ id }) => id));
    if (!isFirst && fresh.length > 0) await this.tellAll(fresh);
  }

  private remember(ids: number[]): void {
    this.newest = Math.max(this.newest, ids.at(-1) ?? 0);
    for (const id of ids) this.seen.add(id);
    for (const id of this.seen) if (id <= this.newest - LOOK_BACK) this.seen.delete(id);
    // Keeps "first poll" apart from "nothing decided yet".
    this.seen.add(this.newest);
  }

  private async tellAll(fresh: readonly { id: number; tenantId: string }[]): Promise<void> {
    for (const { person, listeners } of [...this.audiences.values()]) {
      const ids = fresh.filter(({ tenantId }) => tenantId === person.tenantId).map(({ id }) => id);
      if (ids.length === 0) continue;
      const last = ids.slice(-MOST_CHANGES);
      const changes = await asPerson(this.options.dataSource, person, (transaction) =>
        visibleDecisions(transaction, last),
      );
      if (changes.length > 0) for (const listener of listeners) listener(changes, ids.length > MOST_CHANGES);
    }
  }
}

function eventsOf(changes: Change[], many: boolean): MessageEvent[] {
  const events = changes.map(({ decisionId, ...data }) => ({ id: decisionId, type: 'change', data }));
  const last = changes.at(-1);
  return many && last ? [manyEvent(last.decisionId, last.decidedAt)] : events;
}

/** `id` is the decision to go on after. */
function manyEvent(id: string, decidedAt: string): MessageEvent {
  return { id, type: 'many', data: { decidedAt } };
}
