// An overlay as somebody sent it, to a signed one that compiles; or what is wrong with it, by place in the request.
import type { PublishOverlay } from '#contracts';
import type { CompiledRulebook, RuleOverlay, RulebookDocument, RulebookFault } from '#domain';
import { ProblemException } from '#platform';
import { RulebookError, readOverlayText } from '#rulebook';
import type { RulebookHolder } from '#tracking';

interface Signature {
  readonly tenantId: string;
  readonly signedBy: string;
  readonly signedAt: string;
}

/** Throws a problem with a pointer, below `within`, for each fault of form. */
export function signedOverlay(sent: PublishOverlay, signature: Signature, within = ''): RuleOverlay {
  const read = readOverlayText(JSON.stringify({ overlays: [{ ...sent, ...signature }] }), 'overlay');
  const overlay = read.value?.overlays[0];
  if (!overlay) {
    const faults = read.faults.map((fault) => ({ ...fault, path: fault.path.replace(/^\/overlays\/0/, '') }));
    throw refused('overlay', faults, within);
  }
  return overlay;
}

/** Compiles what is in force with something added; throws a problem with every fault. Nothing of it becomes active. */
export function compiledDraft(
  holder: RulebookHolder,
  overlays: readonly RuleOverlay[],
  draft: { readonly overlay?: RuleOverlay; readonly documents?: readonly RulebookDocument[]; readonly within?: string },
): CompiledRulebook {
  const { overlay, documents, within = '' } = draft;
  try {
    return holder.draft(overlay ? [...overlays, overlay] : overlays, documents);
  } catch (error) {
    if (!(error instanceof RulebookError)) throw error;
    throw refused(overlay ? 'overlay' : 'rulebook', error.faults.map(withoutRule), within);
  }
}

/** 422: well-formed, but not something the rulebooks can hold. */
export function refused(what: string, faults: readonly RulebookFault[], within: string): ProblemException {
  const errors = faults.map(({ path, line, detail, mend }) => ({
    pointer: `${within}${path}`,
    detail: `${line === undefined ? '' : `line ${line}: `}${detail} (${mend})`,
  }));
  const count = faults.length === 1 ? 'one fault' : `${faults.length} faults`;
  return new ProblemException(422, `${what}-refused`, `The ${what} has ${count}; nothing was changed.`, { errors });
}

/** The compiler places an overlay's fault below the rule it changes; the sender knows only the overlay. */
function withoutRule(fault: RulebookFault): RulebookFault {
  return { ...fault, path: fault.path.replace(/^\/rules\/\d+\/overlay [^/]+/, '') };
}
