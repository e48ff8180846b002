import {
  countAnswer,
  quarantineDetail,
  quarantinePage,
  quarantineQuery,
  settleAnswer,
  settleRequest,
} from '#contracts';
import { Body, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { z } from 'zod';
import type { Person } from '../auth/person.js';
import { CurrentPerson, OpsOnly } from '../auth/person.js';
import { Answers } from '../http/answers.js';
import { ApiResource } from '../http/api-resource.js';
import { QuarantineService } from './quarantine.service.js';

const byId = z.object({ id: z.string().regex(/^\d{1,18}$/, 'must be a quarantine id') });
type ById = z.output<typeof byId>;
type Settle = z.output<typeof settleRequest>;

@ApiResource('quarantine', 'v1/quarantine')
@OpsOnly()
export class QuarantineController {
  constructor(@Inject(QuarantineService) private readonly quarantine: QuarantineService) {}

  @Get()
  @Answers('What could not be taken in, with its reason.', quarantinePage)
  list(
    @CurrentPerson() person: Person,
    @Query({ schema: quarantineQuery }) filter: z.output<typeof quarantineQuery>,
  ): Promise<z.output<typeof quarantinePage>> {
    return this.quarantine.list(person, filter);
  }

  @Get('count')
  @Answers('How many entries are held.', countAnswer)
  count(@CurrentPerson() person: Person): Promise<z.output<typeof countAnswer>> {
    return this.quarantine.count(person);
  }

  @Get(':id')
  @Answers('One entry with the text that came.', quarantineDetail)
  detail(
    @CurrentPerson() person: Person,
    @Param({ schema: byId }) { id }: ById,
  ): Promise<z.output<typeof quarantineDetail>> {
    return this.quarantine.detail(person, id);
  }

  @Post(':id/replay')
  @HttpCode(200)
  @Answers('Reads the entry again and sends it down the pipeline if it is good now.', settleAnswer)
  replay(
    @CurrentPerson() person: Person,
    @Param({ schema: byId }) { id }: ById,
    @Body({ schema: settleRequest }) request: Settle,
  ): Promise<z.output<typeof settleAnswer>> {
    return this.quarantine.replay(person, id, request);
  }

  @Post(':id/dismiss')
  @HttpCode(200)
  @Answers('Puts the entry aside for good.', settleAnswer)
  dismiss(
    @CurrentPerson() person: Person,
    @Param({ schema: byId }) { id }: ById,
    @Body({ schema: settleRequest }) request: Settle,
  ): Promise<z.output<typeof settleAnswer>> {
    return this.quarantine.dismiss(person, id, request);
  }
}
