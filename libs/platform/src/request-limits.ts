// Requests per minute, in memory: a guard against accidents and guessing, not against an army.
// (`@nestjs/throttler` 6.7 is CommonJS and cannot be loaded beside Nest 12 everywhere.)
import type { ServerResponse } from 'node:http';
import { clientNetwork } from './client-network.js';
import { systemClock } from './clock.js';
import { ProblemException } from './problem-details.js';

const WINDOW_MS = 60_000;

/** Counts by payer: a key, a session, an address. Minutes are those of the system's clock. */
export class RequestLimits {
  private counts = new Map<string, number>();
  private windowEndsAt = 0;

  /** `requestsPerMinute` of one payer; 0 limits nothing, whatever limit a request has of its own. */
  constructor(private readonly requestsPerMinute: number) {}

  /** Counts a request for `payer`. Throws 429, with Retry-After on the response, beyond `limit`, else the limit of everybody. */
  spend(payer: string, response: ServerResponse, limit = this.requestsPerMinute): void {
    if (this.requestsPerMinute === 0) return;
    this.turn();
    const count = (this.counts.get(payer) ?? 0) + 1;
    this.counts.set(payer, count);
    if (count <= limit) return;
    const seconds = Math.ceil((this.windowEndsAt - systemClock.now()) / 1000);
    response.setHeader('Retry-After', String(seconds));
    throw new ProblemException(429, 'too-many-requests', `Too many requests; try again in ${seconds} s.`);
  }

  /** A request that shows nothing of whose it is counts for its address. Throws like `spend`. */
  spendAsNobody(address: string | undefined, response: ServerResponse): void {
    this.spend(`${clientNetwork(address)} nobody`, response);
  }

  /**
   * Asks the record about what may be a guess: it counts for its address unless `isKnown` says of the answer that it was none. Throws like
   * `spend`, before it asks, so that guessing ends before the record is asked.
   */
  async askAsGuess<Answer>(
    address: string | undefined,
    response: ServerResponse,
    question: () => Promise<Answer>,
    isKnown: (answer: Answer) => boolean,
  ): Promise<Answer> {
    const payer = `${clientNetwork(address)} guess`;
    this.spend(payer, response);
    const answer = await question();
    if (isKnown(answer)) this.giveBack(payer);
    return answer;
  }

  /** Takes back what was spent for another's account. */
  private giveBack(payer: string): void {
    const count = this.counts.get(payer);
    if (count) this.counts.set(payer, count - 1);
  }

  private turn(): void {
    const now = systemClock.now();
    if (now < this.windowEndsAt) return;
    this.counts = new Map();
    this.windowEndsAt = now + WINDOW_MS;
  }
}
