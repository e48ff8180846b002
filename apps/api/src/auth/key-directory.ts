// From what a request carries to the person it speaks for. A revoked key ends its sessions within seconds; open streams end with
// them (`ChangeHub`).
import { createHash } from 'node:crypto';
import { systemClock } from '#platform';
import { ApiKeyStore, activeKey, withService } from '#storage';
import { Inject, Injectable } from '@nestjs/common';
import type { ApiOptions } from '../api-options.js';
import { API_OPTIONS } from '../api-options.js';
import type { Person } from './person.js';
import type { Session } from './session-cookie.js';
import { SESSION_MS, readSession, signSession } from './session-cookie.js';

const REMEMBERED_MS = 5_000;
const MOST_REMEMBERED = 10_000;

/** What a request shows for itself: a key, which may be any text, or a session, which we have signed. `name` tells nobody the key. */
export type Credential = { readonly name: string } & ({ readonly key: string } | { readonly session: Session });

export function keyCredential(key: string): Credential {
  return { name: `key ${createHash('sha256').update(key).digest('hex')}`, key };
}

export function sessionCredential(session: Session): Credential {
  return { name: `session ${session.keyId}`, session };
}

@Injectable()
export class KeyDirectory {
  private readonly remembered = new Map<string, { person: Person | undefined; until: number }>();
  private readonly store = new ApiKeyStore();

  constructor(@Inject(API_OPTIONS) private readonly options: ApiOptions) {}

  /** Undefined for a key that is unknown, revoked or expired, and for a session of one. */
  async holderOf(credential: Credential): Promise<Person | undefined> {
    if ('key' in credential) return this.remember(credential.name, () => this.verified(credential.key));
    const { name, session } = credential;
    const holder = await this.remember(name, () => this.active(session.keyId));
    return holder && { ...holder, session };
  }

  /** No guess: a key that was good, or a session that was not refused, when it was last asked for. Asks nobody. */
  expects(credential: Credential): boolean {
    const last = this.remembered.get(credential.name);
    return last ? last.person !== undefined : 'session' in credential;
  }

  /** The session of a cookie that is ours and not over. */
  readSession(cookie: string): Session | undefined {
    return readSession(cookie, this.options.sessionSecret, systemClock.now());
  }

  /** A session that begins now, and its cookie value. */
  newSession({ keyId }: Person): { session: Session; cookie: string } {
    const session = { keyId, expiresAt: systemClock.now() + SESSION_MS };
    return { session, cookie: signSession(session, this.options.sessionSecret) };
  }

  private async verified(key: string): Promise<Person | undefined> {
    const now = systemClock.now();
    const verdict = await withService(this.options.dataSource, async (transaction) => {
      const found = await this.store.verify(transaction, key, now);
      if (found.ok) await this.store.noteUse(transaction, found.keyId, now);
      return found;
    });
    if (verdict.ok) return { ...verdict.identity, keyId: verdict.keyId, scopes: verdict.scopes };
    this.options.logger.info({ reason: verdict.reason }, 'API key refused');
    return undefined;
  }

  private async active(keyId: string): Promise<Person | undefined> {
    const holder = await withService(this.options.dataSource, (transaction) => activeKey(transaction, keyId));
    if (!holder) return undefined;
    const { sellerId, warehouseId, ...rest } = holder;
    return { ...rest, sellerId: sellerId ?? undefined, warehouseId: warehouseId ?? undefined };
  }

  private async remember(name: string, find: () => Promise<Person | undefined>): Promise<Person | undefined> {
    const now = systemClock.now();
    const known = this.remembered.get(name);
    if (known && known.until > now) return known.person;
    const person = await find();
    if (this.remembered.size >= MOST_REMEMBERED) this.makeRoom();
    this.remembered.set(name, { person, until: now + REMEMBERED_MS });
    return person;
  }

  /** Guesses go first: many of them must not make good keys strangers. */
  private makeRoom(): void {
    for (const [name, { person }] of this.remembered) if (!person) this.remembered.delete(name);
    if (this.remembered.size >= MOST_REMEMBERED) this.remembered.clear();
  }
}
