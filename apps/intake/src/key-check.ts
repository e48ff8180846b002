// Checks API keys against the record, remembering a good answer for a few seconds: one lookup per sender, not one per event.
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

  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(API_KEYS) private readonly keys: ApiKeyStore,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: IntakeSettings,
  ) {}

  /** Whose key it is. Rejects with a retryable AppError while the record is away. */
  async verify(presented: string): Promise<KeyVerdict> {
    const known = this.recall(presented);
    if (known) return known;
    const now = this.clock.now();
    const verdict = await withService(this.dataSource, (transaction) => this.keys.verify(transaction, presented, now));
    if (verdict.ok) this.remember(digestOf(presented), verdict, now + this.settings.keyCacheMs);
    else this.remembered.delete(digestOf(presented));
    return verdict;
  }

  /** Whose key it is, if that is remembered. */
  recall(presented: string): GoodKey | undefined {
    const known = this.remembered.get(digestOf(presented));
    return known && known.until > this.clock.now() ? known.key : undefined;
  }

  private remember(digest: string, key: GoodKey, until: number): void {
    if (this.remembered.size >= MAX_REMEMBERED) this.remembered.clear();
    this.remembered.set(digest, { key, until });
  }
}

function digestOf(presented: string): string {
  return hash('sha256', presented, 'base64');
}
