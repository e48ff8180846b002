// Which tenants of a file belong to one of several readers of it. All of them meet the tenants in the same order, so each can tell
// by itself: the first tenant is the first reader's, the second the second's, and so on in turn.
export class TenantShare {
  readonly #owned = new Map<string, boolean>();

  constructor(
    /** From 0. */
    private readonly index: number,
    private readonly of: number,
  ) {}

  /** To be asked about every event in file order. */
  owns(tenantId: string): boolean {
    let owned = this.#owned.get(tenantId);
    if (owned === undefined) {
      owned = this.#owned.size % this.of === this.index;
      this.#owned.set(tenantId, owned);
    }
    return owned;
  }
}
