import { isRetryable } from '#platform';

/** An order that cannot be judged is left alone for this long. */
export const SET_ASIDE_MS = 3_600_000;

/** Judges lots of orders that shrink around one that cannot be judged until it is alone; that one is set aside, so that it holds up no other. */
export class JudgedLots {
  private size: number;

  constructor(private readonly largest: number) {
    this.size = largest;
  }

  /** One lot; answers whether there may be more. Throws what `judge` throws only where trying again may help. */
  async next(judge: (size: number) => Promise<boolean>, setAside: (error: unknown) => Promise<void>): Promise<boolean> {
    try {
      const isMore = await judge(this.size);
      this.size = Math.min(this.largest, this.size * 2);
      return isMore;
    } catch (error) {
      if (isRetryable(error)) throw error;
      if (this.size === 1) await setAside(error);
      else this.size = Math.ceil(this.size / 8);
      return true;
    }
  }
}
