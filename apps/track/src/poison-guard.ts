/**
 * Tells a bad record from a broken program. A few records in a row that cannot be applied are the input's fault; many in a row
 * are ours, and then the partition must stop rather than empty itself into quarantine.
 */
export class PoisonGuard {
  private inARow = 0;

  constructor(private readonly mostInARow = 10) {}

  passed(): void {
    this.inARow = 0;
  }

  /** Counts one more; false when it is one too many. */
  mayPark(): boolean {
    this.inARow += 1;
    return this.inARow <= this.mostInARow;
  }
}
