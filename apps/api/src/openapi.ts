// The published description of this API, made from the routes and the zod schemas they name.
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { OpenAPIObject } from '@nestjs/swagger';
import { describing } from '#platform';
import { SESSION_COOKIE } from './auth/session-cookie.js';

/** OpenAPI 3.1. Probes and metrics are left out: they are for the deployment, not for callers. */
export async function apiDocument(app: NestExpressApplication): Promise<OpenAPIObject> {
  const { DocumentBuilder, SwaggerModule } = await describing();
  const description = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Fineline API')
    .setDescription(
      'Orders, parcels, deadlines, projected fines, escalations, and what people do about them. Errors are RFC 9457 problem details.',
    )
    .setVersion('1')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'an API key' })
    .addCookieAuth(SESSION_COOKIE)
    .addSecurityRequirements('bearer')
    .addSecurityRequirements('cookie')
    .build();
  const document = SwaggerModule.createDocument(app, description, {
    operationIdFactory: (controller, method) => `${controller.replace('Controller', '').toLowerCase()}.${method}`,
  });
  const paths = Object.entries(document.paths).filter(([path]) => path.startsWith('/v1/'));
  return { ...document, paths: Object.fromEntries(paths) };
}
