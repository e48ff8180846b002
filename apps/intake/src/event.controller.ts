import { Controller, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import type { Response } from 'express';
import type { Fault, HttpEvents } from '#contracts';
import { readHttpEvents } from '#contracts';
import type { Clock } from '#platform';
import type { Answer } from './answer.js';
import { listAnswer, problemAnswer, sendAnswer, singleAnswer } from './answer.js';
import type { IncomingItem, Intake } from './intake.service.js';
import { IntakeService } from './intake.service.js';
import { CLOCK } from './intake.tokens.js';
import { DescribeEvents } from './openapi.js';
import { plainEvent } from './plain-event.js';
import { EVENTS, rawBody } from './raw-body.js';
import { RequestDesk } from './request-desk.js';
import type { IntakeRequest, Sender } from './sender.js';
import { headerPairs } from './sender.js';
import { traceOf } from './trace.js';

@Controller('v1/events')
export class EventController {
  constructor(
    @Inject(RequestDesk) private readonly desk: RequestDesk,
    @Inject(IntakeService) private readonly intake: IntakeService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Post()
  @HttpCode(202)
  @DescribeEvents()
  async events(@Req() request: IntakeRequest, @Res() response: Response): Promise<void> {
    const sender = request.sender!;
    const raw = await rawBody(request, response, EVENTS);
    sendAnswer(response, await this.desk.once(request, sender, () => this.take(request, sender, raw)));
  }

  private async take(request: IntakeRequest, sender: Sender, raw: Buffer): Promise<Answer> {
    const contentType = request.headers['content-type'];
    const intake: Intake = { sender, channel: 'http', trace: traceOf(request.headers), contentType };
    const read = readHttpEvents(headerPairs(request), raw);
    const limited = this.desk.tooMany(sender, read.ok ? read.items.length : 1);
    if (limited) return limited;
    if (!read.ok) return this.unreadable(intake, read.faults, read.unsupported === true, raw);
    const results = await this.intake.take(intake, this.incoming(read, raw));
    return read.many ? listAnswer(results) : singleAnswer(results[0]!);
  }

  private incoming(read: Extract<HttpEvents, { ok: true }>, body: Buffer): IncomingItem[] {
    const receivedAt = this.clock.now();
    return read.items.map((item) => {
      const raw = (): Buffer => (read.many || read.mode === 'binary' ? Buffer.from(JSON.stringify(item)) : body);
      return read.mode === 'plain' ? { ...plainEvent(item, receivedAt), raw } : { envelope: item, raw };
    });
  }

  private async unreadable(
    intake: Intake,
    errors: readonly Fault[],
    unsupported: boolean,
    raw: Buffer,
  ): Promise<Answer> {
    await this.intake.refuseWhole(intake, errors, raw);
    return unsupported
      ? problemAnswer(415, 'content-type-unsupported', 'The content type is not one that events come in.', { errors })
      : problemAnswer(400, 'unreadable', 'The request could not be read and is kept in quarantine.', { errors });
  }
}
