// The first and the last lines of an explanation: which rule and version, and what came out.
import type { CompiledVersion } from '../compile/compiled.js';
import type { Outcome } from './outcome.js';
import type { Subject } from './subject.js';
import { StandingLines, type Trace } from './trace.js';

interface RuleLines {
  readonly before: StandingLines;
  /** After the line that says why this version holds. */
  readonly after: StandingLines;
}

const linesOf = new WeakMap<CompiledVersion, RuleLines>();

export function traceRule(version: CompiledVersion, subject: Subject, trace: Trace): void {
  const { spec, document } = version;
  let lines = linesOf.get(version);
  if (!lines) linesOf.set(version, (lines = ruleLines(version)));
  trace.addStanding(lines.before);
  const at = version.momentOf(subject);
  if (at !== undefined) {
    const zone = spec.effective.zone ?? document.marketZone;
    trace.add('version-picked', { version: spec.version, moment: spec.effective.pickedBy, at, zone });
  }
  trace.addStanding(lines.after);
}

function ruleLines({ rule, spec, document, overlay, confidence }: CompiledVersion): RuleLines {
  const before = new StandingLines();
  const after = new StandingLines();
  before.add('rule', {
    rule: rule.id,
    en: rule.title.en,
    zh: rule.title.zh,
    rulebook: document.rulebook,
    version: spec.version,
    confidence,
    stage: spec.stage,
  });
  for (const key of spec.sources) {
    const source = document.sources[key];
    if (source)
      before.add('source', { source: key, title: source.title, url: source.url ?? '', readOn: source.readOn });
  }
  for (const assumed of spec.assumed ?? []) after.add('assumed', { en: assumed.en, zh: assumed.zh });
  if (overlay) {
    const { overlayId, signedBy, signedAt, reason } = overlay;
    after.add('overlay', { overlay: overlayId, signedBy, signedAt, reason });
  }
  return { before, after };
}

export function traceStatus(outcome: Outcome, trace: Trace): void {
  const { status, due, limit, satisfiedAt, lateSeconds } = outcome;
  if (due.governedBy !== 'rule') trace.add('governed-by', { by: due.governedBy, at: due.dueAt, zone: due.zone });
  const late = status === 'missed' ? lateSeconds : 0;
  trace.add(`status-${status}`, { at: satisfiedAt ?? limit, zone: due.zone, lateSeconds: late });
}
