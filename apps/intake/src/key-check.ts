// Checks API keys against the record, remembering a good answer for a few seconds: one lookup per sender, not one per event.
import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '#platform';
import type { ApiKeyStore, DataSource, KeyVerdict } from '#storage';
import { withService } from '#storage';
import { API_KEYS, CLOCK, DATA_SOURCE, SETTINGS } from './intake.tokens.js';
import type { IntakeSettings } from './intake.config.js';

type GoodKey = Extract<KeyVerdict, { ok: true }>;
const MAX_REMEMBERED = 10_000;

@Injectable()
export class KeyCheck {
  private readonly remembered = new Map<string, { key: GoodKey; until: number }>();

  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(API_KEYS) private readonly keys: ApiKeyStore,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: IntakeSettings,
  ) {}

  /** Whose key it is. Rejects with a retryable AppError while the record is away. */
  async verify(presented: string): Promise<KeyVerdict> {
    const digest = createHash('sha256').update(presented).digest('base64');
    const now = this.clock.now();
    const known = this.remembered.get(digest);
    if (known && known.until > now) return known.key;
    const verdict = await withService(this.dataSource, (transaction) => this.keys.verify(transaction, presented, now));
    if (verdict.ok) this.remember(digest, verdict, now + this.settings.keyCacheMs);
    else this.remembered.delete(digest);
    return verdict;
  }

  private remember(digest: string, key: GoodKey, until: number): void {
    if (this.remembered.size >= MAX_REMEMBERED) this.remembered.clear();
    this.remembered.set(digest, { key, until });
  }
}
