import { createHash } from 'node:crypto';
import type { CompiledRulebook, RuleOverlay } from '#domain';
import { loadRulebook } from '#rulebook';

interface Compiled {
  readonly fingerprint: string;
  readonly rulebook: CompiledRulebook;
}

/** Compiled rulebooks: one for everybody, and one for each tenant with stored overlays, compiled when those change. */
export class RulebookHolder {
  /** As the files say, with the overlays that lie beside them. */
  readonly base: CompiledRulebook;
  private readonly tenants = new Map<string, Compiled>();

  /** `compile` adds the given overlays and throws on faults; `onFault` is told, and such a tenant keeps what it had before. */
  constructor(
    private readonly compile: (overlays: readonly RuleOverlay[]) => CompiledRulebook,
    private readonly onFault: (tenantId: string, error: unknown) => void,
  ) {
    this.base = compile([]);
  }

  /** The rulebooks of a folder. Throws RulebookError with every fault. */
  static fromFolder(folder: string, onFault: (tenantId: string, error: unknown) => void): RulebookHolder {
    return new RulebookHolder((overlays) => loadRulebook(folder, { overlays }), onFault);
  }

  /** The rulebook with the tenant's stored overlays. The same object while they are the same. */
  forTenant(tenantId: string, stored: readonly RuleOverlay[]): CompiledRulebook {
    if (stored.length === 0) return this.base;
    const fingerprint = fingerprintOf(stored);
    const known = this.tenants.get(tenantId);
    if (known?.fingerprint === fingerprint) return known.rulebook;
    const rulebook = this.tryCompile(tenantId, stored) ?? known?.rulebook ?? this.base;
    this.tenants.set(tenantId, { fingerprint, rulebook });
    return rulebook;
  }

  /** What each rulebook and its file overlays say, as a short text that changes when they do. */
  fingerprints(): { rulebook: string; fingerprint: string }[] {
    return this.base.documents.map((document) => {
      const versions = document.rules.flatMap((rule) => this.base.rule(rule.id)?.versions ?? []);
      const overlays = versions.flatMap((version) => version.overlays.map(({ overlay }) => overlay));
      return { rulebook: document.rulebook, fingerprint: fingerprintOf([document, overlays]) };
    });
  }

  private tryCompile(tenantId: string, overlays: readonly RuleOverlay[]): CompiledRulebook | undefined {
    try {
      return this.compile(overlays);
    } catch (error) {
      this.onFault(tenantId, error);
      return undefined;
    }
  }
}

function fingerprintOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
