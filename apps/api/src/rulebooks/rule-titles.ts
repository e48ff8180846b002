import { Inject, Injectable } from '@nestjs/common';
import type { Bilingual } from '#domain';
import type { ApiOptions } from '../api-options.js';
import { API_OPTIONS } from '../api-options.js';

/** Puts the title people know beside a rule's id. */
@Injectable()
export class RuleTitles {
  constructor(@Inject(API_OPTIONS) private readonly options: ApiOptions) {}

  addTo<Row extends { readonly ruleId: string }>(rows: readonly Row[]): (Row & { ruleTitle: Bilingual | null })[] {
    const titles = new Map<string, Bilingual>();
    for (const { rules } of this.options.rulebooks.base.documents) {
      for (const { id, title } of rules) titles.set(id, title);
    }
    return rows.map((row) => ({ ...row, ruleTitle: titles.get(row.ruleId) ?? null }));
  }
}
