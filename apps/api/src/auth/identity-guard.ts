// Every request is somebody's: an API key as a bearer token, or the session cookie made from one.
import { ProblemException } from '#platform';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { KeyDirectory } from './key-directory.js';
import type { Person, PersonRequest } from './person.js';
import { OPEN_TO_ALL, OPS_ONLY, READS_ONLY } from './person.js';
import { sessionCookieOf } from './session-cookie.js';

const READ_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);
// Cross-origin pages cannot set it without a preflight, which we never answer.
const COMMAND_HEADER = 'x-fineline-command';

@Injectable()
export class IdentityGuard implements CanActivate {
  constructor(
    @Inject(KeyDirectory) private readonly keys: KeyDirectory,
    @Inject(Reflector) private readonly reflector: Reflector,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<PersonRequest>();
    if (this.isMarked(OPEN_TO_ALL, context)) return true;
    const person = await this.personOf(request);
    if (!person) throw new ProblemException(401, 'not-signed-in', 'Send an API key as a bearer token, or sign in.');
    const isCommand = !READ_METHODS.has(request.method) && !this.isMarked(READS_ONLY, context);
    if (isCommand) checkCommand(request, person);
    if (this.isMarked(OPS_ONLY, context) && person.role !== 'ops') {
      throw new ProblemException(403, 'ops-only', 'Only the operations role may do this.');
    }
    request.person = person;
    return true;
  }

  private async personOf(request: PersonRequest): Promise<Person | undefined> {
    const [scheme, key] = (request.headers.authorization ?? '').split(' ');
    if (scheme?.toLowerCase() === 'bearer' && key) return this.keys.byKey(key);
    const cookie = sessionCookieOf(request.headers.cookie);
    return cookie ? this.keys.bySession(cookie) : undefined;
  }

  private isMarked(mark: string, context: ExecutionContext): boolean {
    return this.reflector.getAllAndOverride<boolean>(mark, [context.getHandler(), context.getClass()]) === true;
  }
}

function checkCommand(request: PersonRequest, person: Person): void {
  if (!person.scopes.includes('write')) {
    throw new ProblemException(403, 'read-only', 'This key may only read.');
  }
  if (!person.session) return;
  const { origin, host } = request.headers;
  const sameOrigin = origin === undefined || (URL.canParse(origin) && new URL(origin).host === host);
  if (!sameOrigin || request.headers[COMMAND_HEADER] === undefined) {
    throw new ProblemException(
      403,
      'cross-site',
      `Commands of a session need the header ${COMMAND_HEADER} from this site.`,
    );
  }
}
