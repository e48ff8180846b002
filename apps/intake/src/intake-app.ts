// The intake stage as an HTTP application of its own.
import type { Server } from 'node:http';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import helmet from 'helmet';
import { HealthModule, Metrics, NestLogger, ProblemDetailsFilter, Readiness } from '#platform';
import type { IntakeOptions } from './intake.module.js';
import { IntakeModule } from './intake.module.js';

export interface IntakeAppOptions extends IntakeOptions {
  readonly readiness?: Readiness;
  readonly metrics?: Metrics;
  /** Longest time a sender may take to send a request. */
  readonly requestTimeoutMs?: number;
}

@Module({})
class IntakeRoot {}

/** Creates the application, not yet listening. Readiness asks the log and the record. */
export async function createIntakeApp(options: IntakeAppOptions): Promise<NestExpressApplication> {
  const { logger, readiness = new Readiness(), metrics = new Metrics(), requestTimeoutMs = 30_000 } = options;
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
  // Of helmet's headers those that mean something where only JSON is answered; the others would be set for every event.
  app.use(helmet.xContentTypeOptions(), helmet.strictTransportSecurity());
  app.disable('x-powered-by');
  app.useGlobalFilters(new ProblemDetailsFilter(logger));
  const server = app.getHttpServer() as Server;
  server.requestTimeout = requestTimeoutMs;
  server.headersTimeout = Math.min(requestTimeoutMs, 10_000);
  return app;
}
