// Rules as people read them: titles, dates, sources.
import type { DeadlineDetail, rulesAnswer } from '#contracts';
import type { RuleVersion, RulebookDocument } from '#domain';
import type { z } from 'zod';

type RuleView = z.output<typeof rulesAnswer>['rules'][number];

/** One view per rule version, in the order of the document. */
export function ruleViews(document: RulebookDocument): RuleView[] {
  return document.rules.flatMap((rule) =>
    rule.versions.map((version) => ({
      rulebook: document.rulebook,
      ruleId: rule.id,
      version: version.version,
      title: rule.title,
      platform: document.platform,
      markets: [...document.markets],
      effectiveFrom: version.effective.from ?? null,
      effectiveUntil: version.effective.until ?? null,
      stage: version.stage,
      confidence: version.confidence,
      assumed: [...(version.assumed ?? [])],
      sources: sourcesOf(document, version),
    })),
  );
}

/** The sources a rule version names, in its order. */
export function sourcesOf(document: RulebookDocument, version: RuleVersion): DeadlineDetail['sources'] {
  return version.sources.flatMap((key) => {
    const source = document.sources[key];
    return source
      ? [{ title: source.title, url: source.url ?? null, readOn: source.readOn, note: source.note ?? null }]
      : [];
  });
}
