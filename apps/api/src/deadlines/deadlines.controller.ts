import { deadlinePage, deadlinesQuery, waiveAnswer, waiveRequest } from '#contracts';
import { listDeadlines } from '#storage';
import type { DeadlineFilter } from '#storage';
import { Body, Get, HttpCode, Inject, Post, Query } from '@nestjs/common';
import type { z } from 'zod';
import type { Person } from '../auth/person.js';
import { CurrentPerson, OpsOnly } from '../auth/person.js';
import { Answers } from '../http/answers.js';
import { ApiResource } from '../http/api-resource.js';
import { PersonalRecord } from '../personal-record.js';
import { RuleTitles } from '../rulebooks/rule-titles.js';
import { WaiveService } from './waive.service.js';

@ApiResource('deadlines', 'v1/deadlines')
export class DeadlinesController {
  constructor(
    @Inject(PersonalRecord) private readonly record: PersonalRecord,
    @Inject(RuleTitles) private readonly titles: RuleTitles,
    @Inject(WaiveService) private readonly waiving: WaiveService,
  ) {}

  @Get()
  @Answers('Deadlines by expected fine or by time left.', deadlinePage)
  async list(
    @CurrentPerson() person: Person,
    @Query({ schema: deadlinesQuery }) filter: DeadlineFilter,
  ): Promise<z.output<typeof deadlinePage>> {
    const page = await this.record.as(person, (transaction) => listDeadlines(transaction, filter));
    return { ...page, rows: this.titles.addTo(page.rows) };
  }

  @Post('waive')
  @OpsOnly()
  @HttpCode(200)
  @Answers('Waives an order under a rule; its deadlines are evaluated again within seconds.', waiveAnswer)
  waive(
    @CurrentPerson() person: Person,
    @Body({ schema: waiveRequest }) request: z.output<typeof waiveRequest>,
  ): Promise<z.output<typeof waiveAnswer>> {
    return this.waiving.waive(person, request);
  }
}
