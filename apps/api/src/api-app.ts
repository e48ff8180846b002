import 'reflect-metadata';
import { HealthModule, NestLogger } from '#platform';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { ApiOptions } from './api-options.js';
import { ApiModule } from './api.module.js';
import { configureApi } from './http/configure-api.js';

/** The API with its probes and the page, ready to `listen`. Readiness asks the database; the caller closes what it passed in. */
export async function createApiApp(options: ApiOptions): Promise<NestExpressApplication> {
  const { dataSource, logger, metrics, readiness } = options;
  @Module({ imports: [HealthModule.register(readiness, metrics), ApiModule.register(options)] })
  class ApiApp {}
  const app = await NestFactory.create<NestExpressApplication>(ApiApp, { logger: new NestLogger(logger) });
  configureApi(app, options);
  readiness.add({ name: 'database', check: async () => (await dataSource.query('SELECT 1')).length === 1 });
  return app;
}
