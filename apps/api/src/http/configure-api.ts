// What surrounds every route: security headers, body limits, parsing by schema, problem details, the page itself.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { ProblemDetailsFilter } from '#platform';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NextFunction, Request, Response } from 'express';
import express from 'express';
import helmet from 'helmet';
import type { ApiOptions } from '../api-options.js';
import { schemaPipe } from './schema-pipe.js';

// Everything the page needs comes from its own origin; styles and scripts are files, so nothing inline is allowed.
const CONTENT_SECURITY_POLICY = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'", 'data:'],
    fontSrc: ["'self'"],
    connectSrc: ["'self'"],
    manifestSrc: ["'self'"],
    baseUri: ["'none'"],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
  },
};

/** Call before `listen`. The page is served for every address that is not an API route. */
export function configureApi(
  app: NestExpressApplication,
  options: Pick<ApiOptions, 'logger' | 'webDir' | 'secureCookies' | 'trustProxy'>,
): void {
  app.disable('x-powered-by');
  app.set('trust proxy', options.trustProxy ?? false);
  // Without TLS the browser would upgrade our own http files and fail, so HSTS follows the cookies.
  app.use(helmet({ contentSecurityPolicy: CONTENT_SECURITY_POLICY, hsts: options.secureCookies }));
  app.useBodyParser('json', { limit: '1mb' });
  app.useGlobalPipes(schemaPipe());
  app.useGlobalFilters(new ProblemDetailsFilter(options.logger));
  app.use('/v1', neverCached);
  if (options.webDir && existsSync(path.join(options.webDir, 'index.html')))
    servePage(app, path.resolve(options.webDir));
}

function neverCached(_request: Request, response: Response, next: NextFunction): void {
  response.setHeader('Cache-Control', 'no-store');
  next();
}

const API_ROUTE = /^\/(v1|livez|readyz|metrics)(\/|$)/;

function servePage(app: NestExpressApplication, folder: string): void {
  // File names in assets/ carry a hash of their content.
  app.use('/assets', express.static(path.join(folder, 'assets'), { immutable: true, maxAge: '365d', index: false }));
  app.use(express.static(folder, { index: false, maxAge: 0 }));
  app.use((request: Request, response: Response, next: NextFunction) => {
    const wantsPage = request.method === 'GET' && !API_ROUTE.test(request.path) && request.accepts('html');
    if (!wantsPage || path.extname(request.path)) return next();
    response.setHeader('Cache-Control', 'no-cache');
    response.sendFile(path.join(folder, 'index.html'));
  });
}
