import { cliffsAnswer, cliffsQuery, exposureAnswer, exposureQuery, feedsAnswer } from '#contracts';
import type { ExposureAnswer } from '#contracts';
import type { CliffFilter, ExposureFilter } from '#storage';
import { Get, Inject, Query } from '@nestjs/common';
import type { z } from 'zod';
import type { Person } from '../auth/person.js';
import { CurrentPerson } from '../auth/person.js';
import { Answers } from '../http/answers.js';
import { ApiResource } from '../http/api-resource.js';
import { ExposureService } from './exposure.service.js';

@ApiResource('exposure', 'v1')
export class ExposureController {
  constructor(@Inject(ExposureService) private readonly exposures: ExposureService) {}

  @Get('exposure')
  @Answers('Money at risk, missed and saved, per currency.', exposureAnswer)
  exposure(
    @CurrentPerson() person: Person,
    @Query({ schema: exposureQuery }) filter: ExposureFilter,
  ): Promise<ExposureAnswer> {
    return this.exposures.exposure(person, filter);
  }

  @Get('exposure/cliffs')
  @Answers('What falls due in each of the next hours, per currency.', cliffsAnswer)
  cliffs(
    @CurrentPerson() person: Person,
    @Query({ schema: cliffsQuery }) filter: CliffFilter,
  ): Promise<z.output<typeof cliffsAnswer>> {
    return this.exposures.cliffs(person, filter);
  }

  @Get('feeds')
  @Answers('How fresh the scans of each warehouse are.', feedsAnswer)
  feeds(@CurrentPerson() person: Person): Promise<z.output<typeof feedsAnswer>> {
    return this.exposures.feeds(person);
  }
}
