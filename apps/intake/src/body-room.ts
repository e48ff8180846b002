// Bodies are held whole while they are read and worked on. What they may come to at the same time is counted before a byte of them is
// read: else one tenant that sends many files at once ends the process for all.

export interface BodyLimits {
  readonly all: number;
  readonly ofTenant: number;
}

export class BodyRoom {
  private all = 0;
  private readonly tenants = new Map<string, number>();

  /** `limits` in bytes. */
  constructor(private readonly limits: BodyLimits) {}

  /** Takes room for a body, until `leave`; answers whose limit leaves none. A body alone has room whatever its size. */
  enter(tenantId: string, bytes: number): 'tenant' | 'all' | undefined {
    const own = this.tenants.get(tenantId) ?? 0;
    if (own > 0 && own + bytes > this.limits.ofTenant) return 'tenant';
    if (this.all > 0 && this.all + bytes > this.limits.all) return 'all';
    this.all += bytes;
    this.tenants.set(tenantId, own + bytes);
    return undefined;
  }

  leave(tenantId: string, bytes: number): void {
    this.all -= bytes;
    const left = this.tenants.get(tenantId)! - bytes;
    if (left > 0) this.tenants.set(tenantId, left);
    else this.tenants.delete(tenantId);
  }
}
