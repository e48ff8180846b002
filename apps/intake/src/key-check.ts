// Checks API keys against the record, remembering a good answer for a few seconds: one lookup per sender, not one per event, and none
// that a sender at work waits for.
import { hash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '#platform';
import type { ApiKeyStore, DataSource, KeyVerdict } from '#storage';
import { withService } from '#storage';
import { API_KEYS, CLOCK, DATA_SOURCE, SETTINGS } from './intake.tokens.js';
import type { IntakeSettings } from './intake.config.js';

export type GoodKey = Extract<KeyVerdict, { ok: true }>;
const MAX_REMEMBERED = 10_000;

@Injectable()
export class KeyCheck {
  private readonly remembered = new Map<string, { key: GoodKey; until: number }>();
  private readonly asking = new Map<string, { verdict: Promise<KeyVerdict>; since: number }>();

  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(API_KEYS) private readonly keys: ApiKeyStore,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: IntakeSettings,
  ) {}

  /** Whose key it is. Rejects with a retryable AppError while the record is away. */
  async verify(presented: string): Promise<KeyVerdict> {
    return this.recall(presented) ?? this.ask(presented, digestOf(presented));
  }

  /**
   * Whose key it is, if that is remembered. In the second half of that time the record is asked already, so that no request of a
   * sender at work waits for it.
   */
  recall(presented: string): GoodKey | undefined {
    const digest = digestOf(presented);
    const known = this.remembered.get(digest);
    const now = this.clock.now();
    if (!known || known.until <= now) return undefined;
    // While the record is away the key stays good for the rest of its time.
    if (known.until - now < this.settings.keyCacheMs / 2) this.ask(presented, digest).catch(() => undefined);
    return known.key;
  }

  /** No guess: it was good when it was last asked about, or is being asked about, which costs no more. */
  expects(presented: string): boolean {
    const digest = digestOf(presented);
    return this.remembered.has(digest) || this.shared(digest, this.clock.now()) !== undefined;
  }

  /** One question at a time for each key, however many requests come with it. */
  private ask(presented: string, digest: string): Promise<KeyVerdict> {
    const now = this.clock.now();
    const asked = this.shared(digest, now);
    if (asked) return asked;
    const verdict = this.look(presented, digest, now).finally(() => {
      if (this.asking.get(digest)?.verdict === verdict) this.asking.delete(digest);
    });
    this.asking.set(digest, { verdict, since: now });
    return verdict;
  }

  private shared(digest: string, now: number): Promise<KeyVerdict> | undefined {
    const asked = this.asking.get(digest);
    return asked && now - asked.since < this.settings.keyCacheMs ? asked.verdict : undefined;
  }

  private async look(presented: string, digest: string, now: number): Promise<KeyVerdict> {
    const verdict = await withService(this.dataSource, (transaction) => this.keys.verify(transaction, presented, now));
    if (!verdict.ok) this.remembered.delete(digest);
    else {
      if (this.remembered.size >= MAX_REMEMBERED) this.remembered.clear();
      this.remembered.set(digest, { key: verdict, until: now + this.settings.keyCacheMs });
    }
    return verdict;
  }
}

function digestOf(presented: string): string {
  return hash('sha256', presented, 'base64');
}
