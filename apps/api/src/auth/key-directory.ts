// From what a request carries to the person it speaks for. A revoked key ends its sessions within seconds.
import { createHash } from 'node:crypto';
import { systemClock } from '#platform';
import { ApiKeyStore, activeKey, withService } from '#storage';
import { Inject, Injectable } from '@nestjs/common';
import type { ApiOptions } from '../api-options.js';
import { API_OPTIONS } from '../api-options.js';
import type { Person } from './person.js';
import { SESSION_MS, readSession, signSession } from './session-cookie.js';

const REMEMBERED_MS = 5_000;
const MOST_REMEMBERED = 10_000;

@Injectable()
export class KeyDirectory {
  private readonly remembered = new Map<string, { person: Person | undefined; until: number }>();
  private readonly store = new ApiKeyStore();

  constructor(@Inject(API_OPTIONS) private readonly options: ApiOptions) {}

  /** Undefined for a key that is unknown, revoked or expired. */
  byKey(key: string): Promise<Person | undefined> {
    return this.remember(`key ${createHash('sha256').update(key).digest('hex')}`, () => this.verified(key));
  }

  bySession(cookie: string): Promise<Person | undefined> {
    const session = readSession(cookie, this.options.sessionSecret, systemClock.now());
    if (!session) return Promise.resolve(undefined);
    return this.remember(`session ${session.keyId}`, () => this.holderOf(session.keyId));
  }

  /** The cookie value of a session that begins now. */
  newSession(person: Person): string {
    const session = { keyId: person.keyId, expiresAt: systemClock.now() + SESSION_MS };
    return signSession(session, this.options.sessionSecret);
  }

  private async verified(key: string): Promise<Person | undefined> {
    const now = systemClock.now();
    const verdict = await withService(this.options.dataSource, async (transaction) => {
      const found = await this.store.verify(transaction, key, now);
      if (found.ok) await this.store.noteUse(transaction, found.keyId, now);
      return found;
    });
    if (verdict.ok) return { ...verdict.identity, keyId: verdict.keyId, scopes: verdict.scopes, session: false };
    this.options.logger.info({ reason: verdict.reason }, 'API key refused');
    return undefined;
  }

  private async holderOf(keyId: string): Promise<Person | undefined> {
    const holder = await withService(this.options.dataSource, (transaction) => activeKey(transaction, keyId));
    if (!holder) return undefined;
    const { sellerId, warehouseId, ...rest } = holder;
    return { ...rest, sellerId: sellerId ?? undefined, warehouseId: warehouseId ?? undefined, session: true };
  }

  private async remember(name: string, find: () => Promise<Person | undefined>): Promise<Person | undefined> {
    const now = systemClock.now();
    const known = this.remembered.get(name);
    if (known && known.until > now) return known.person;
    const person = await find();
    if (this.remembered.size >= MOST_REMEMBERED) this.remembered.clear();
    this.remembered.set(name, { person, until: now + REMEMBERED_MS });
    return person;
  }
}
