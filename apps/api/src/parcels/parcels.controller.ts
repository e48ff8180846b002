import { parcelDetail, parcelPage, parcelsQuery, trackingNumber } from '#contracts';
import { findParcel, listParcels } from '#storage';
import type { ParcelFilter } from '#storage';
import { Get, Inject, Param, Query } from '@nestjs/common';
import { z } from 'zod';
import type { Person } from '../auth/person.js';
import { CurrentPerson } from '../auth/person.js';
import { Answers } from '../http/answers.js';
import { ApiResource } from '../http/api-resource.js';
import { PersonalRecord, notFound } from '../personal-record.js';
import { scanView } from './scan-view.js';

const byNumber = z.object({ trackingNumber });

@ApiResource('parcels', 'v1/parcels')
export class ParcelsController {
  constructor(@Inject(PersonalRecord) private readonly record: PersonalRecord) {}

  @Get()
  @Answers('Parcels by tracking number.', parcelPage)
  list(
    @CurrentPerson() person: Person,
    @Query({ schema: parcelsQuery }) filter: ParcelFilter,
  ): Promise<z.output<typeof parcelPage>> {
    return this.record.as(person, (transaction) => listParcels(transaction, filter));
  }

  @Get(':trackingNumber')
  @Answers('One parcel with its scans.', parcelDetail)
  async detail(
    @CurrentPerson() person: Person,
    @Param({ schema: byNumber }) { trackingNumber: number }: z.output<typeof byNumber>,
  ): Promise<z.output<typeof parcelDetail>> {
    const found = await this.record.as(person, (transaction) => findParcel(transaction, number));
    if (!found) throw notFound('parcel');
    return { ...found.row, scans: found.state.scans.map(scanView) };
  }
}
