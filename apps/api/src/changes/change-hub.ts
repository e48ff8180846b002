// Live changes for every open page of this process: one poller, one query per audience, however many pages are open.
import { ProblemException, systemClock } from '#platform';
import type { Change, Transaction } from '#storage';
import {
  activeKeyIds,
  asPerson,
  decisionIdsAfter,
  decisionsAfter,
  newestDecision,
  visibleDecisions,
  withService,
} from '#storage';
import type { MessageEvent, OnModuleDestroy } from '@nestjs/common';
import { Inject, Injectable } from '@nestjs/common';
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

/** One open stream. */
interface Listener {
  readonly person: Person;
  tell(changes: readonly Change[]): void;
  /** `id` is the decision to go on after. */
  tellMany(id: string): void;
  end(): void;
}
/** Those who may see the same. */
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

  /**
   * What this person may see, from after `lastEventId` on, until their key or session ends. Throws 429 when the tenant has its share
   * of streams.
   */
  follow(person: Person, lastEventId: string | undefined): Observable<MessageEvent> {
    if (this.streamsOf(person.tenantId) >= this.options.streamsPerTenant) {
      throw new ProblemException(429, 'too-many-streams', 'Your organisation has too many pages open at once.');
    }
    const changes = new Observable<MessageEvent>((subscriber) => {
      const told = new Set<string>();
      const listener: Listener = {
        person,
        tell: (changes) => {
          for (const { decisionId: id, ...data } of changes)
            if (!told.has(id)) subscriber.next({ id, type: 'change', data });
        },
        tellMany: (id) => subscriber.next({ id, type: 'many', data: { decidedAt: this.time() } }),
        end: () => subscriber.complete(),
      };
      const leave = this.join(listener);
      const stopBeating = this.beat((event) => subscriber.next(event));
      this.catchUp(listener, lastEventId)
        .then((missed) => missed.forEach(({ decisionId }) => told.add(decisionId)))
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

  private join(listener: Listener): () => void {
    const { person } = listener;
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
    const beat = (): void => send({ type: 'clock', data: { now: this.time() } });
    const second = setTimeout(beat, FIRST_BEATS_MS);
    const timer = setInterval(beat, HEARTBEAT_MS);
    beat();
    return () => {
      clearTimeout(second);
      clearInterval(timer);
    };
  }

  private time(): string {
    return new Date(this.options.clock.now()).toISOString();
  }

  /** Tells what was missed, and answers it. One that was away for too long is told that it was much, without it being read. */
  private async catchUp(listener: Listener, lastEventId: string | undefined): Promise<Change[]> {
    if (lastEventId === undefined || !/^\d{1,18}$/.test(lastEventId)) return [];
    const { dataSource } = this.options;
    const newest = await withService(dataSource, newestDecision);
    if (newest - Number(lastEventId) > MOST_MISSED) {
      listener.tellMany(String(newest));
      return [];
    }
    const missed = await asPerson(dataSource, listener.person, (transaction) =>
      decisionsAfter(transaction, lastEventId, MOST_CHANGES + 1),
    );
    if (missed.length > MOST_CHANGES) listener.tellMany(missed.at(-1)!.decisionId);
    else listener.tell(missed);
    return missed;
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
      await this.endOver(transaction);
      if (isFirst) this.newest = await newestDecision(transaction);
      return decisionIdsAfter(transaction, this.newest - LOOK_BACK, MOST_IDS);
    });
    const fresh = ids.filter(({ id }) => !this.seen.has(id));
    this.remember(ids.map(({ id }) => id));
    if (!isFirst && fresh.length > 0) await this.tellAll(fresh);
  }

  /** Ends the streams of keys that are revoked or expired, and of sessions that are over. */
  private async endOver(transaction: Transaction): Promise<void> {
    const listeners = [...this.audiences.values()].flatMap((audience) => [...audience.listeners]);
    const keyIds = new Set(listeners.map(({ person }) => person.keyId));
    const active = new Set(await activeKeyIds(transaction, [...keyIds]));
    const now = systemClock.now();
    for (const { person, end } of listeners) {
      if (!active.has(person.keyId) || (person.session && person.session.expiresAt <= now)) end();
    }
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
      // Whose they are is not asked: everybody of the tenant reads again, and sees then what is theirs.
      if (ids.length > MOST_CHANGES) {
        for (const listener of listeners) listener.tellMany(String(ids.at(-1)));
        continue;
      }
      const changes = await asPerson(this.options.dataSource, person, (transaction) =>
        visibleDecisions(transaction, ids),
      );
      for (const listener of listeners) listener.tell(changes);
    }
  }
}
