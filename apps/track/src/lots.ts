import { isRetryable } from '#platform';

export interface LotSettings<Item> {
  /** Does a lot whole or not at all. */
  readonly work: (items: readonly Item[]) => Promise<void>;
  readonly sizeOf: (item: Item) => number;
  /** Most of one lot, added up; an item that is larger is a lot of its own. */
  readonly maxSize: number;
  /** Lots at once. */
  readonly atOnce: number;
}

interface Waiting<Item> {
  readonly item: Item;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Work that waits at the same time is done together: for what costs the same however little of it there is. */
export class Lots<Item> {
  private readonly waiting: Waiting<Item>[] = [];
  private running = 0;

  constructor(private readonly settings: LotSettings<Item>) {}

  /** Resolves when the item is done. A lot that fails for what is in it is done again item by item; each then has its own error. */
  add(item: Item): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      // Not at once: what is added in the same turn of the event loop belongs together.
      setImmediate(() => this.start());
    });
  }

  private start(): void {
    while (this.mayStart()) {
      this.running += 1;
      void this.finish(this.take()).finally(() => {
        this.running -= 1;
        this.start();
      });
    }
  }

  /** Beside a lot in work only a full one: what waits meanwhile is one lot afterwards instead of several small ones. */
  private mayStart(): boolean {
    if (this.waiting.length === 0 || this.running >= this.settings.atOnce) return false;
    return this.running === 0 || this.sizeWaiting() >= this.settings.maxSize;
  }

  private sizeWaiting(): number {
    return this.waiting.reduce((size, { item }) => size + this.settings.sizeOf(item), 0);
  }

  private take(): Waiting<Item>[] {
    const { sizeOf, maxSize } = this.settings;
    let size = 0;
    let count = 0;
    for (const { item } of this.waiting) {
      size += sizeOf(item);
      if (size > maxSize) break;
      count += 1;
    }
    return this.waiting.splice(0, Math.max(1, count));
  }

  private async finish(lot: readonly Waiting<Item>[]): Promise<void> {
    try {
      await this.settings.work(lot.map(({ item }) => item));
      for (const { resolve } of lot) resolve();
    } catch (error) {
      if (lot.length === 1 || isRetryable(error)) for (const { reject } of lot) reject(error);
      else for (const each of lot) await this.finish([each]);
    }
  }
}
