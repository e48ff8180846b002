import type { Me } from '#contracts';
import { ownTenant } from '#storage';
import { Inject, Injectable } from '@nestjs/common';
import type { ApiOptions } from '../api-options.js';
import { API_OPTIONS } from '../api-options.js';
import { PersonalRecord } from '../personal-record.js';
import type { Person } from './person.js';

/** What the page shows about the person using it. */
@Injectable()
export class ProfileService {
  constructor(
    @Inject(PersonalRecord) private readonly record: PersonalRecord,
    @Inject(API_OPTIONS) private readonly options: ApiOptions,
  ) {}

  async of(person: Person): Promise<Me> {
    const tenant = await this.record.as(person, ownTenant);
    return {
      tenantId: person.tenantId,
      tenantName: tenant?.name ?? person.tenantId,
      name: person.name,
      role: person.role,
      sellerId: person.sellerId ?? null,
      warehouseId: person.warehouseId ?? null,
      canWrite: person.scopes.includes('write'),
      language: tenant?.language ?? 'en',
      timeZone: tenant?.timeZone ?? 'UTC',
      now: new Date(this.options.clock.now()).toISOString(),
      session: person.session !== undefined,
      intakeUrl: this.options.intakeUrl ?? null,
    };
  }
}
