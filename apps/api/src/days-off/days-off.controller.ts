import type { DaysOffView, SetDaysOff, setDaysOffAnswer } from '#contracts';
import { daysOffAnswer, setDaysOffAnswer as answer, setDaysOffRequest } from '#contracts';
import type { DaysOffRow } from '#storage';
import { DaysOffStore } from '#storage';
import { DaysOffService } from '#tracking';
import { Body, Get, HttpCode, Inject, Post } from '@nestjs/common';
import type { z } from 'zod';
import type { ApiOptions } from '../api-options.js';
import { API_OPTIONS } from '../api-options.js';
import type { Person } from '../auth/person.js';
import { CurrentPerson, OpsOnly, actorName } from '../auth/person.js';
import { Answers } from '../http/answers.js';
import { ApiResource } from '../http/api-resource.js';
import { PersonalRecord } from '../personal-record.js';

@ApiResource('days-off', 'v1/days-off')
export class DaysOffController {
  private readonly store = new DaysOffStore();
  private readonly service = new DaysOffService();

  constructor(
    @Inject(PersonalRecord) private readonly record: PersonalRecord,
    @Inject(API_OPTIONS) private readonly options: ApiOptions,
  ) {}

  @Get()
  @Answers('Days off of sellers and warehouses; a seller and a warehouse see their own.', daysOffAnswer)
  async list(@CurrentPerson() person: Person): Promise<z.output<typeof daysOffAnswer>> {
    const stored = await this.record.as(person, (transaction) => this.store.load(transaction, [person.tenantId]));
    return { rows: stored.map(daysOffView) };
  }

  @Post()
  @OpsOnly()
  @HttpCode(200)
  @Answers('Replaces the days off of a seller or a warehouse; its orders are judged again within seconds.', answer)
  async set(
    @CurrentPerson() person: Person,
    @Body({ schema: setDaysOffRequest }) { of, id, days, reason, by }: SetDaysOff,
  ): Promise<z.output<typeof setDaysOffAnswer>> {
    const named = Object.fromEntries(days.map(({ day, name = '' }) => [day, name]));
    const change = { tenantId: person.tenantId, of, id, days: named, actor: actorName(person, by), reason };
    const { changed, row } = await this.record.as(person, (transaction) =>
      this.service.replace(transaction, change, this.options.clock.now()),
    );
    return { changed, daysOff: daysOffView(row) };
  }
}

function daysOffView({ of, id, revision, days, changedBy, changedAt }: DaysOffRow): DaysOffView {
  const sorted = Object.entries(days).sort(([a], [b]) => (a < b ? -1 : 1));
  const named = sorted.map(([day, name]) => ({ day, name }));
  return { of, id, revision, days: named, changedBy, changedAt: new Date(changedAt).toISOString() };
}
