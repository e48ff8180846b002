// Every request is somebody's: an API key as a bearer token, or the session cookie made from one. It counts for them, not for the address
// they share with others.
import { ProblemException, RequestLimits, clientNetwork } from '#platform';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Response } from 'express';
import { OWN_LIMIT } from '../http/limit-to.js';
import type { Credential } from './key-directory.js';
import { KeyDirectory, keyCredential, sessionCredential } from './key-directory.js';
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
    @Inject(RequestLimits) private readonly limits: RequestLimits,
    @Inject(Reflector) private readonly reflector: Reflector,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<PersonRequest>();
    const response = context.switchToHttp().getResponse<Response>();
    if (this.isMarked(OPEN_TO_ALL, context)) {
      const limit = this.reflector.get<number | undefined>(OWN_LIMIT, context.getHandler());
      this.limits.spend(`${clientNetwork(request.ip)} ${context.getHandler().name}`, response, limit);
      return true;
    }
    const person = await this.personOf(request, response);
    if (!person) throw new ProblemException(401, 'not-signed-in', 'Send an API key as a bearer token, or sign in.');
    this.limits.spend(payerOf(person), response);
    const isCommand = !READ_METHODS.has(request.method) && !this.isMarked(READS_ONLY, context);
    if (isCommand) checkCommand(request, person);
    if (this.isMarked(OPS_ONLY, context) && person.role !== 'ops') {
      throw new ProblemException(403, 'ops-only', 'Only the operations role may do this.');
    }
    request.person = person;
    return true;
  }

  /** What may be a guess counts for the address until it proves right, so that guessing ends before the database is asked. */
  private async personOf(request: PersonRequest, response: Response): Promise<Person | undefined> {
    const credential = this.credentialOf(request);
    if (credential && this.keys.expects(credential)) return this.keys.holderOf(credential);
    if (!credential) {
      this.limits.spendAsNobody(request.ip, response);
      return undefined;
    }
    const ask = (): Promise<Person | undefined> => this.keys.holderOf(credential);
    return this.limits.askAsGuess(request.ip, response, ask, (person) => person !== undefined);
  }

  private credentialOf({ headers }: PersonRequest): Credential | undefined {
    const [scheme, key] = (headers.authorization ?? '').split(' ');
    if (scheme?.toLowerCase() === 'bearer' && key) return keyCredential(key);
    const cookie = sessionCookieOf(headers.cookie);
    const session = cookie ? this.keys.readSession(cookie) : undefined;
    return session && sessionCredential(session);
  }

  private isMarked(mark: string, context: ExecutionContext): boolean {
    return this.reflector.getAllAndOverride<boolean>(mark, [context.getHandler(), context.getClass()]) === true;
  }
}

function payerOf({ keyId, session }: Person): string {
  return session ? `session ${keyId} ${session.expiresAt}` : `key ${keyId}`;
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
