import { Controller, HttpCode, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { Response } from 'express';
import type { CarrierAdapter } from '#carriers';
import { carrierAdapter } from '#carriers';
import { parseJson } from '#contracts';
import { ProblemException } from '#platform';
import type { CarrierEndpointEntity, DataSource } from '#storage';
import { CarrierEndpointStore, withService } from '#storage';
import type { Answer } from './answer.js';
import { listBody, sendAnswer } from './answer.js';
import { IntakeMetrics } from './intake.metrics.js';
import type { IncomingItem, Intake } from './intake.service.js';
import { IntakeService } from './intake.service.js';
import { DATA_SOURCE } from './intake.tokens.js';
import { DescribeCarrierWebhook } from './openapi.js';
import { EVENTS, rawBody } from './raw-body.js';
import { RequestDesk } from './request-desk.js';
import type { IntakeRequest } from './sender.js';
import { Strangers } from './strangers.js';
import { traceOf } from './trace.js';

@Controller('v1/carriers')
export class CarrierController {
  private readonly endpoints = new CarrierEndpointStore();

  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(Strangers) private readonly strangers: Strangers,
    @Inject(RequestDesk) private readonly desk: RequestDesk,
    @Inject(IntakeService) private readonly intake: IntakeService,
    @Inject(IntakeMetrics) private readonly metrics: IntakeMetrics,
  ) {}

  @Post(':carrier/webhook/:endpointId')
  @HttpCode(202)
  @DescribeCarrierWebhook()
  async webhook(
    @Param('carrier') carrier: string,
    @Param('endpointId') endpointId: string,
    @Req() request: IntakeRequest,
    @Res() response: Response,
  ): Promise<void> {
    const adapter = carrierAdapter(carrier);
    const find = (): Promise<CarrierEndpointEntity | undefined> => this.endpoint(carrier, endpointId);
    const endpoint = adapter && (await this.strangers.ask(request, response, find, (found) => found !== undefined));
    if (!adapter || !endpoint)
      throw new ProblemException(404, 'endpoint-unknown', 'There is no such carrier endpoint.');
    const intake = intakeOf(endpoint, request);
    const refused = await this.desk.admit(intake.sender, request, response);
    if (refused) return sendAnswer(response, refused);
    const raw = await rawBody(request, response, EVENTS);
    if (!adapter.verify(raw, request.headers, endpoint.secret)) {
      this.metrics.unauthenticated();
      throw new ProblemException(401, 'signature-invalid', 'The signature does not match this endpoint.');
    }
    sendAnswer(response, await this.take(adapter, endpoint, intake, raw));
  }

  private async endpoint(carrier: string, endpointId: string): Promise<CarrierEndpointEntity | undefined> {
    const found = await withService(this.dataSource, (transaction) => this.endpoints.find(transaction, endpointId));
    return found?.carrier === carrier ? found : undefined;
  }

  /** What cannot be read is quarantined and still answered with 202: a carrier that gets an error sends the same again for days. */
  private async take(
    adapter: CarrierAdapter,
    endpoint: CarrierEndpointEntity,
    intake: Intake,
    raw: Buffer,
  ): Promise<Answer> {
    const json = parseJson(raw);
    if (!json.ok) {
      await this.intake.refuseWhole(intake, json.faults, raw);
      return { status: 202, body: { accepted: 0, refused: 1, results: [] } };
    }
    const { scans, faults } = adapter.scans(json.value, { timeZone: endpoint.timeZone ?? undefined });
    const limited = this.desk.tooMany(intake.sender, scans.length);
    if (limited) return limited;
    if (faults.length > 0) await this.intake.refuseWhole(intake, faults, raw);
    const items = scans.map((scan): IncomingItem => ({ envelope: scan, raw: () => Buffer.from(JSON.stringify(scan)) }));
    return { status: 202, body: listBody(await this.intake.take(intake, items)) };
  }
}

function intakeOf({ tenantId, carrier }: CarrierEndpointEntity, request: IntakeRequest): Intake {
  const identity = { tenantId, role: 'ops', name: carrier } as const;
  const contentType = request.headers['content-type'];
  return {
    sender: { identity, label: `endpoint:${carrier}` },
    channel: carrier,
    trace: traceOf(request.headers),
    contentType,
  };
}
