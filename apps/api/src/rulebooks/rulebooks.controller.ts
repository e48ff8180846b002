import { rulesAnswer } from '#contracts';
import { Get, Inject } from '@nestjs/common';
import type { z } from 'zod';
import type { ApiOptions } from '../api-options.js';
import { API_OPTIONS } from '../api-options.js';
import { Answers } from '../http/answers.js';
import { ApiResource } from '../http/api-resource.js';
import { ruleViews } from './rule-views.js';

@ApiResource('rulebooks', 'v1/rulebooks')
export class RulebooksController {
  constructor(@Inject(API_OPTIONS) private readonly options: ApiOptions) {}

  @Get()
  @Answers('Every rule version with its source and how far it can be trusted.', rulesAnswer)
  rules(): z.output<typeof rulesAnswer> {
    const documents = this.options.rulebooks.base.documents;
    const gaps = documents.flatMap(({ rulebook, gaps: open = [] }) => open.map((gap) => ({ rulebook, ...gap })));
    return { rules: documents.flatMap(ruleViews), gaps };
  }
}
