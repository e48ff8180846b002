// The intake stage as an HTTP application of its own.
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { INestApplication } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import helmet from 'helmet';
import type { TrustProxy } from '#platform';
import { HealthModule, Metrics, NestLogger, ProblemDetailsFilter, Readiness } from '#platform';
import { FairTurns } from './fair-turns.js';
import type { IntakeOptions } from './intake.module.js';
import { IntakeModule } from './intake.module.js';
import { SenderGate } from './sender.gate.js';

export interface IntakeAppOptions extends IntakeOptions {
  readonly readiness?: Readiness;
  readonly metrics?: Metrics;
  /** Proxies whose word about a sender's address is believed, for the log. Default none. */
  readonly trustProxy?: TrustProxy;
  /** Longest time a sender may take to send a request. */
  readonly requestTimeoutMs?: number;
}

@Module({})
class IntakeRoot {}

/** Creates the application, not yet listening. Readiness asks the log and the record. */
export async function createIntakeApp(options: IntakeAppOptions): Promise<NestExpressApplication> {
  const { logger, readiness = new Readiness(), metrics = new Metrics() } = options;
  const { trustProxy = false, requestTimeoutMs = 30_000 } = options;
  readiness.add({ name: 'log', check: () => options.log.isReady() });
  readiness.add({ name: 'record', check: async () => Boolean(await options.dataSource.query('SELECT 1')) });
  const root = {
    module: IntakeRoot,
    imports: [HealthModule.register(readiness, metrics), IntakeModule.register(options)],
  };
  const app = await NestFactory.create<NestExpressApplication>(root, {
    bodyParser: false,
    logger: new NestLogger(logger),
  });
  app.disable('x-powered-by');
  app.set('trust proxy', trustProxy);
  app.useGlobalFilters(new ProblemDetailsFilter(logger));
  const server = app.getHttpServer() as Server;
  const gate = app.get(SenderGate);
  takeConnectionsFirst(server, app);
  beforeExpress(server, [
    // Of helmet's headers those that mean something where only JSON is answered; the others would be set for every event.
    helmet.xContentTypeOptions(),
    helmet.strictTransportSecurity(),
    (request, response, next) => void gate.early(request, response, next),
  ]);
  server.requestTimeout = requestTimeoutMs;
  server.headersTimeout = Math.min(requestTimeoutMs, 10_000);
  return app;
}

/** Tells the tenants' turns of each connection to the server that `app` is reached through. */
export function takeConnectionsFirst(server: Server, app: INestApplication): void {
  const turns = app.get(FairTurns);
  server.on('connection', () => turns.arrival());
}

type Step = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

/** For what every request passes and what refuses most of a flood: Express alone costs more than all of it. */
function beforeExpress(server: Server, steps: readonly Step[]): void {
  const [express] = server.listeners('request') as RequestListener[];
  server.removeAllListeners('request');
  const first = steps.reduceRight<RequestListener>(
    (next, step) => (request, response) => step(request, response, () => next(request, response)),
    express!,
  );
  server.on('request', first);
}
