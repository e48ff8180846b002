import { leviedPage, leviedQuery, pointsAnswer, ratesAnswer, ratesQuery } from '#contracts';
import { listLevied } from '#storage';
import { Get, Inject, Query } from '@nestjs/common';
import type { z } from 'zod';
import type { Person } from '../auth/person.js';
import { CurrentPerson, OpsOnly } from '../auth/person.js';
import { Answers } from '../http/answers.js';
import { ApiResource } from '../http/api-resource.js';
import { PersonalRecord } from '../personal-record.js';
import { PointsService } from './points.service.js';
import { RatesService } from './rates.service.js';

@ApiResource('records', 'v1')
export class RecordsController {
  constructor(
    @Inject(PersonalRecord) private readonly record: PersonalRecord,
    @Inject(RatesService) private readonly shopRates: RatesService,
    @Inject(PointsService) private readonly shopPoints: PointsService,
  ) {}

  @Get('levied-fines')
  @Answers('Fines the platforms charged, each beside what was projected.', leviedPage)
  levied(
    @CurrentPerson() person: Person,
    @Query({ schema: leviedQuery }) filter: z.output<typeof leviedQuery>,
  ): Promise<z.output<typeof leviedPage>> {
    return this.record.as(person, (transaction) => listLevied(transaction, filter));
  }

  @Get('rates')
  @Answers(
    'Rates of the shops and how much more each can afford of what counts against it. Operations only sees rows.',
    ratesAnswer,
  )
  async rates(
    @CurrentPerson() person: Person,
    @Query({ schema: ratesQuery }) { shop }: z.output<typeof ratesQuery>,
  ): Promise<z.output<typeof ratesAnswer>> {
    return { rows: await this.shopRates.list(person, shop) };
  }

  @Get('points')
  @OpsOnly()
  @Answers(
    'Point balances of the shops: what counts now, the next milestone, when points lapse, and why.',
    pointsAnswer,
  )
  async points(
    @CurrentPerson() person: Person,
    @Query({ schema: ratesQuery }) { shop }: z.output<typeof ratesQuery>,
  ): Promise<z.output<typeof pointsAnswer>> {
    return { rows: await this.shopPoints.list(person, shop) };
  }
}
