import type { OverlayAnswer, PublishOverlay } from '#contracts';
import { overlayAnswer, overlaysAnswer, publishOverlayRequest, withdrawOverlayRequest } from '#contracts';
import { Body, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import type { Person } from '../auth/person.js';
import { CurrentPerson, OpsOnly } from '../auth/person.js';
import { Answers } from '../http/answers.js';
import { ApiResource } from '../http/api-resource.js';
import { OverlaysService } from './overlays.service.js';

const byId = z.object({ id: z.string().max(64) });

@ApiResource('rules', 'v1/rules/overlays')
@OpsOnly()
export class OverlaysController {
  constructor(@Inject(OverlaysService) private readonly overlays: OverlaysService) {}

  @Get()
  @Answers("The tenant's own terms laid over the rulebooks, withdrawn ones included.", overlaysAnswer)
  async list(@CurrentPerson() person: Person): Promise<z.output<typeof overlaysAnswer>> {
    return { rows: await this.overlays.list(person) };
  }

  @Post()
  @HttpCode(200)
  @Answers('Lays an overlay over a rule; orders it touches are judged again within seconds.', overlayAnswer)
  publish(
    @CurrentPerson() person: Person,
    @Body({ schema: publishOverlayRequest }) request: PublishOverlay,
  ): Promise<OverlayAnswer> {
    return this.overlays.publish(person, request);
  }

  @Post(':id/withdraw')
  @HttpCode(200)
  @Answers('Takes an overlay back; orders it touched are judged again.', overlayAnswer)
  withdraw(
    @CurrentPerson() person: Person,
    @Param({ schema: byId }) { id }: z.output<typeof byId>,
    @Body({ schema: withdrawOverlayRequest }) { reason }: z.output<typeof withdrawOverlayRequest>,
  ): Promise<OverlayAnswer> {
    return this.overlays.withdraw(person, id, reason);
  }
}
