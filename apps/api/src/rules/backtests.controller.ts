import type { BacktestDetail, BacktestRequest } from '#contracts';
import { backtestDetail, backtestRequest, backtestRow, backtestsAnswer } from '#contracts';
import { Body, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import type { Person } from '../auth/person.js';
import { CurrentPerson, OpsOnly } from '../auth/person.js';
import { Answers } from '../http/answers.js';
import { ApiResource } from '../http/api-resource.js';
import { BacktestsService } from './backtests.service.js';

const byId = z.object({ id: z.uuid('must be a backtest id') });

@ApiResource('rules', 'v1/rules/backtests')
@OpsOnly()
export class BacktestsController {
  constructor(@Inject(BacktestsService) private readonly backtests: BacktestsService) {}

  @Get()
  @Answers('The newest backtests.', backtestsAnswer)
  async list(@CurrentPerson() person: Person): Promise<z.output<typeof backtestsAnswer>> {
    return { rows: await this.backtests.list(person) };
  }

  @Post()
  @HttpCode(200)
  @Answers('Replays a draft over the stored evidence, beside the rules in force. Changes nothing else.', backtestRow)
  request(
    @CurrentPerson() person: Person,
    @Body({ schema: backtestRequest }) request: BacktestRequest,
  ): Promise<z.output<typeof backtestRow>> {
    return this.backtests.request(person, request);
  }

  @Get(':id')
  @Answers('How far it is, and once done which verdicts and fines change per rule, seller and week.', backtestDetail)
  detail(
    @CurrentPerson() person: Person,
    @Param({ schema: byId }) { id }: z.output<typeof byId>,
  ): Promise<BacktestDetail> {
    return this.backtests.detail(person, id);
  }
}
