import type { DriftAnswer } from '#contracts';
import { driftAnswer } from '#contracts';
import { DRIFT, driftSince } from '#domain';
import { DriftStore } from '#storage';
import { Get, Inject } from '@nestjs/common';
import type { ApiOptions } from '../api-options.js';
import { API_OPTIONS } from '../api-options.js';
import type { Person } from '../auth/person.js';
import { CurrentPerson, OpsOnly } from '../auth/person.js';
import { Answers } from '../http/answers.js';
import { ApiResource } from '../http/api-resource.js';
import { PersonalRecord } from '../personal-record.js';
import { RuleTitles } from '../rulebooks/rule-titles.js';

@ApiResource('rules', 'v1/rules/drift')
@OpsOnly()
export class DriftController {
  private readonly drifts = new DriftStore();

  constructor(
    @Inject(PersonalRecord) private readonly record: PersonalRecord,
    @Inject(RuleTitles) private readonly titles: RuleTitles,
    @Inject(API_OPTIONS) private readonly options: ApiOptions,
  ) {}

  @Get()
  @Answers(
    'Each rule version beside the deadlines platforms state themselves: how many differ, lately and before.',
    driftAnswer,
  )
  drift(@CurrentPerson() person: Person): Promise<DriftAnswer> {
    const { newest, toleranceMs } = DRIFT;
    const now = this.options.clock.now();
    return this.record.as(person, async (transaction) => {
      const { tenantId } = person;
      const counts = await this.drifts.count(transaction, { newest, toleranceMs, since: driftSince(now), tenantId });
      const alerts = await this.drifts.latestAlerts(transaction);
      const rows = counts.map(({ ruleId, ruleVersion, recent, earlier }) => {
        const alert = alerts.find((one) => one.ruleId === ruleId && one.ruleVersion === ruleVersion);
        const shown = alert ? { openedAt: alert.openedAt, closedAt: alert.closedAt } : null;
        return { ruleId, ruleVersion, recent, earlier, alert: shown };
      });
      return { asOf: new Date(now).toISOString(), toleranceMs, newest, rows: this.titles.addTo(rows) };
    });
  }
}
