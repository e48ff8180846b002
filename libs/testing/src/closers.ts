/**
 * What a test opened, closed in reverse order. One that fails does not keep the others open: a connection left behind holds
 * the whole test process for ever.
 */
export class Closers {
  private readonly opened: (() => Promise<unknown>)[] = [];

  add(close: () => Promise<unknown>): void {
    this.opened.push(close);
  }

  /** Closes everything added so far; rejects with the first failure once all were tried. */
  async close(): Promise<void> {
    const failures: unknown[] = [];
    for (const close of this.opened.splice(0).reverse()) await close().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  }
}
