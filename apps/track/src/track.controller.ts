import { Controller, Inject } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { TOPICS } from '#contracts';
import type { LogBatch } from '#log';
import { OnLogBatch } from '#log';
import { TrackService } from './track.service.js';

@Controller()
export class TrackController {
  constructor(@Inject(TrackService) private readonly service: TrackService) {}

  @OnLogBatch(TOPICS.orders)
  orders(@Payload() batch: LogBatch): Promise<void> {
    return this.service.track(batch);
  }

  @OnLogBatch(TOPICS.scans)
  scans(@Payload() batch: LogBatch): Promise<void> {
    return this.service.track(batch);
  }
}
