// One token bucket per tenant: a tenant that sends too much waits, and the others notice nothing.
import type { Clock } from '#platform';

interface Bucket {
  tokens: number;
  filledAt: number;
}

const MAX_BUCKETS = 10_000;

export class TokenBuckets {
  private readonly buckets = new Map<string, Bucket>();

  constructor(
    private readonly clock: Clock,
    private readonly perSecond: number,
    private readonly burst: number,
  ) {}

  /**
   * Takes `cost` tokens. Answers 0, or the whole seconds after which the same request would pass; a request larger than the burst
   * passes on a full bucket.
   */
  take(tenantId: string, cost: number): number {
    const now = this.clock.now();
    const bucket = this.filled(tenantId, now);
    const needed = Math.min(cost, this.burst);
    if (bucket.tokens < needed) return Math.max(1, Math.ceil((needed - bucket.tokens) / this.perSecond));
    bucket.tokens -= cost;
    return 0;
  }

  /** The whole seconds until a single token is there; 0 when one is. */
  wait(tenantId: string): number {
    const { tokens } = this.filled(tenantId, this.clock.now());
    return tokens >= 1 ? 0 : Math.ceil((1 - tokens) / this.perSecond);
  }

  private filled(tenantId: string, now: number): Bucket {
    const bucket = this.buckets.get(tenantId) ?? { tokens: this.burst, filledAt: now };
    const gained = (Math.max(0, now - bucket.filledAt) / 1000) * this.perSecond;
    bucket.tokens = Math.min(this.burst, bucket.tokens + gained);
    bucket.filledAt = now;
    if (!this.buckets.has(tenantId) && this.buckets.size >= MAX_BUCKETS) this.buckets.clear();
    this.buckets.set(tenantId, bucket);
    return bucket;
  }
}
