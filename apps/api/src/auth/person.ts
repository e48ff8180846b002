// Who is asking, and what a route asks of them.
import type { Identity } from '#storage';
import type { ExecutionContext } from '@nestjs/common';
import { SetMetadata, createParamDecorator } from '@nestjs/common';
import type { Request } from 'express';
import type { Session } from './session-cookie.js';

/** An identity with the key it came from. */
export interface Person extends Identity {
  readonly keyId: string;
  readonly scopes: readonly string[];
  /** Signed in with a cookie rather than a key. */
  readonly session?: Session;
}

export interface PersonRequest extends Request {
  person?: Person;
}

/** The signed-in person of this request. */
export const CurrentPerson = createParamDecorator((_: unknown, context: ExecutionContext): Person => {
  const { person } = context.switchToHttp().getRequest<PersonRequest>();
  if (!person) throw new Error('a route without identity asks who is there');
  return person;
});

/** For the audit trail: the name given with a command, and the key it came through. */
export function actorName(person: Person, by: string | undefined): string {
  return by === undefined || by === person.name ? person.name : `${by} (${person.name})`;
}

export const OPEN_TO_ALL = 'open to all';
/** No sign-in needed. */
export const OpenToAll = (): MethodDecorator & ClassDecorator => SetMetadata(OPEN_TO_ALL, true);

export const OPS_ONLY = 'ops only';
/** Only the operations role; others are told that it is not theirs. */
export const OpsOnly = (): MethodDecorator & ClassDecorator => SetMetadata(OPS_ONLY, true);

export const READS_ONLY = 'reads only';
/** A POST that changes nothing: no write scope and no command header needed. */
export const ReadsOnly = (): MethodDecorator => SetMetadata(READS_ONLY, true);
