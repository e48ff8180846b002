import { identifier, orderDetail, orderPage, ordersQuery, whatIfAnswer, whatIfRequest } from '#contracts';
import type { OrderDetail, WhatIfAnswer } from '#contracts';
import { listOrders } from '#storage';
import type { OrderFilter } from '#storage';
import { Body, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { z } from 'zod';
import type { Person } from '../auth/person.js';
import { CurrentPerson, ReadsOnly } from '../auth/person.js';
import { Answers } from '../http/answers.js';
import { ApiResource } from '../http/api-resource.js';
import { PersonalRecord } from '../personal-record.js';
import { OrderDetailService } from './order-detail.service.js';
import { WhatIfService } from './what-if.service.js';

const byId = z.object({ id: identifier });
type ById = z.output<typeof byId>;

@ApiResource('orders', 'v1/orders')
export class OrdersController {
  constructor(
    @Inject(PersonalRecord) private readonly record: PersonalRecord,
    @Inject(OrderDetailService) private readonly details: OrderDetailService,
    @Inject(WhatIfService) private readonly whatIfs: WhatIfService,
  ) {}

  @Get()
  @Answers('Orders by id.', orderPage)
  list(
    @CurrentPerson() person: Person,
    @Query({ schema: ordersQuery }) filter: OrderFilter,
  ): Promise<z.output<typeof orderPage>> {
    return this.record.as(person, (transaction) => listOrders(transaction, filter));
  }

  @Get(':id')
  @Answers('One order: facts, parcels, timeline, and every deadline with why it is what it is.', orderDetail)
  detail(@CurrentPerson() person: Person, @Param({ schema: byId }) { id }: ById): Promise<OrderDetail> {
    return this.details.of(person, id);
  }

  @Post(':id/what-if')
  @ReadsOnly()
  @HttpCode(200)
  @Answers('What a scan at a given time would change. Nothing is stored.', whatIfAnswer)
  whatIf(
    @CurrentPerson() person: Person,
    @Param({ schema: byId }) { id }: ById,
    @Body({ schema: whatIfRequest }) question: z.output<typeof whatIfRequest>,
  ): Promise<WhatIfAnswer> {
    return this.whatIfs.answer(person, id, question);
  }
}
