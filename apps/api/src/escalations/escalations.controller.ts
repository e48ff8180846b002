import {
  acknowledgeRequest,
  assignRequest,
  commandAnswer,
  escalationPage,
  escalationsQuery,
  snoozeRequest,
} from '#contracts';
import type { CommandAnswer } from '#contracts';
import type { EscalationFilter } from '#storage';
import { Body, Get, HttpCode, Inject, Post, Query } from '@nestjs/common';
import type { z } from 'zod';
import type { Person } from '../auth/person.js';
import { CurrentPerson } from '../auth/person.js';
import { Answers } from '../http/answers.js';
import { ApiResource } from '../http/api-resource.js';
import { EscalationsService } from './escalations.service.js';

@ApiResource('escalations', 'v1/escalations')
export class EscalationsController {
  constructor(@Inject(EscalationsService) private readonly escalations: EscalationsService) {}

  @Get()
  @Answers('The queue: one row per deadline at its latest step.', escalationPage)
  list(
    @CurrentPerson() person: Person,
    @Query({ schema: escalationsQuery }) filter: EscalationFilter,
  ): Promise<z.output<typeof escalationPage>> {
    return this.escalations.list(person, filter);
  }

  @Post('acknowledge')
  @HttpCode(200)
  @Answers('Somebody is on it: stops reminders of these rows.', commandAnswer)
  acknowledge(
    @CurrentPerson() person: Person,
    @Body({ schema: acknowledgeRequest }) { ids, by, note }: z.output<typeof acknowledgeRequest>,
  ): Promise<CommandAnswer> {
    return this.escalations.change(person, { ids, by }, { action: 'acknowledge', note });
  }

  @Post('snooze')
  @HttpCode(200)
  @Answers('Remind again at an instant in the future.', commandAnswer)
  snooze(
    @CurrentPerson() person: Person,
    @Body({ schema: snoozeRequest }) { ids, by, note, until }: z.output<typeof snoozeRequest>,
  ): Promise<CommandAnswer> {
    return this.escalations.change(person, { ids, by }, { action: 'snooze', note, until });
  }

  @Post('assign')
  @HttpCode(200)
  @Answers('Gives these rows to somebody.', commandAnswer)
  assign(
    @CurrentPerson() person: Person,
    @Body({ schema: assignRequest }) { ids, by, note, to }: z.output<typeof assignRequest>,
  ): Promise<CommandAnswer> {
    return this.escalations.change(person, { ids, by }, { action: 'assign', note, to });
  }
}
