import { Controller, UseGuards, applyDecorators } from '@nestjs/common';
import { Described } from '#platform';
import { IdentityGuard } from '../auth/identity-guard.js';

/**
 * A controller of this API: its requests are somebody's, and counted. The guard sits on each controller rather than on the
 * application, so that another app's routes in the same process (standalone) keep their own.
 */
export function ApiResource(tag: string, path: string): ClassDecorator {
  return applyDecorators(
    Controller(path),
    Described(({ ApiTags }) => ApiTags(tag)),
    UseGuards(IdentityGuard),
  );
}
