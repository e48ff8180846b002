import { createHash } from 'node:crypto';
import type { CompiledRulebook, RuleOverlay, RulebookDocument } from '#domain';
import { EVALUATION } from '#domain';
import type { Logger } from '#platform';
import { loadRulebook, readRulebookFolder } from '#rulebook';

interface Compiled {
  readonly fingerprint: string;
  readonly rulebook: CompiledRulebook;
}

/**
 * Compiles the rulebooks with overlays added, and drafts in place of the documents of the same name. What neither changes may be taken over from
 * `base`, the rulebooks compiled without. Throws on faults.
 */
export type CompileRulebooks = (
  overlays: readonly RuleOverlay[],
  drafts?: readonly RulebookDocument[],
  base?: CompiledRulebook,
) => CompiledRulebook;

/** Compiled rulebooks: one for everybody, and one for each tenant with stored overlays, compiled when those change. */
export class RulebookHolder {
  /** As the files say, with the overlays that lie beside them. */
  readonly base: CompiledRulebook;
  private readonly tenants = new Map<string, Compiled>();

  /** `compile` adds the given overlays and throws on faults; `onFault` is told, and such a tenant keeps what it had before. */
  constructor(
    private readonly compile: CompileRulebooks,
    private readonly onFault: (tenantId: string, error: unknown) => void,
  ) {
    this.base = compile([]);
  }

  /** The rulebooks of a folder as it is now: it is read once. Throws RulebookError with every fault. */
  static fromFolder(folder: string, onFault: (tenantId: string, error: unknown) => void): RulebookHolder {
    const read = readRulebookFolder(folder);
    return new RulebookHolder((overlays, drafts, base) => loadRulebook(read, { overlays, drafts, base }), onFault);
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

  /** Something to try out, which no order is judged by. Throws what compiling throws: RulebookError with every fault. */
  draft(overlays: readonly RuleOverlay[], documents: readonly RulebookDocument[] = []): CompiledRulebook {
    return this.compile(overlays, documents, this.base);
  }

  /** What each rulebook and its file overlays say and how it is judged by, as a short text that changes when they do. */
  fingerprints(): { rulebook: string; fingerprint: string }[] {
    return this.base.documents.map((document) => {
      const versions = document.rules.flatMap((rule) => this.base.rule(rule.id)?.versions ?? []);
      const overlays = versions.flatMap((version) => version.overlays.map(({ overlay }) => overlay));
      return { rulebook: document.rulebook, fingerprint: fingerprintOf([EVALUATION, document, overlays]) };
    });
  }

  private tryCompile(tenantId: string, overlays: readonly RuleOverlay[]): CompiledRulebook | undefined {
    try {
      return this.compile(overlays, [], this.base);
    } catch (error) {
      this.onFault(tenantId, error);
      return undefined;
    }
  }
}

function fingerprintOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}

/** An `onFault` of a RulebookHolder. */
export function logsFaults(logger: Logger): (tenantId: string, error: unknown) => void {
  return (tenant, error) => logger.error({ tenant, err: error }, 'the overlays of a tenant do not fit the rulebooks');
}
