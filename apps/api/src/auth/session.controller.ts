import { meView, sessionRequest } from '#contracts';
import type { Me } from '#contracts';
import { ProblemException } from '#platform';
import { Body, Delete, Get, HttpCode, Inject, Post, Res } from '@nestjs/common';
import type { CookieOptions, Response } from 'express';
import type { z } from 'zod';
import type { ApiOptions } from '../api-options.js';
import { API_OPTIONS } from '../api-options.js';
import { Answers } from '../http/answers.js';
import { ApiResource } from '../http/api-resource.js';
import { LimitTo } from '../http/limit-to.js';
import { KeyDirectory, keyCredential } from './key-directory.js';
import type { Person } from './person.js';
import { CurrentPerson, OpenToAll } from './person.js';
import { ProfileService } from './profile.service.js';
import { SESSION_COOKIE, SESSION_MS } from './session-cookie.js';

@ApiResource('people', 'v1')
export class SessionController {
  constructor(
    @Inject(KeyDirectory) private readonly keys: KeyDirectory,
    @Inject(ProfileService) private readonly profiles: ProfileService,
    @Inject(API_OPTIONS) private readonly options: ApiOptions,
  ) {}

  @Post('session')
  @OpenToAll()
  @HttpCode(200)
  @LimitTo(20)
  @Answers('Exchanges an API key for a session cookie of 12 hours.', meView)
  async signIn(
    @Body({ schema: sessionRequest }) { key }: z.output<typeof sessionRequest>,
    @Res({ passthrough: true }) response: Response,
  ): Promise<Me> {
    const person = await this.keys.holderOf(keyCredential(key));
    if (!person) throw new ProblemException(401, 'unknown-key', 'No such key, or it is revoked or expired.');
    const { session, cookie } = this.keys.newSession(person);
    response.cookie(SESSION_COOKIE, cookie, { ...this.cookie(), maxAge: SESSION_MS });
    return this.profiles.of({ ...person, session });
  }

  @Delete('session')
  @OpenToAll()
  @HttpCode(204)
  signOut(@Res({ passthrough: true }) response: Response): void {
    response.clearCookie(SESSION_COOKIE, this.cookie());
  }

  @Get('me')
  @Answers('Who is signed in, for which tenant, and what time it is here.', meView)
  me(@CurrentPerson() person: Person): Promise<Me> {
    return this.profiles.of(person);
  }

  private cookie(): CookieOptions {
    return { httpOnly: true, sameSite: 'lax', secure: this.options.secureCookies, path: '/' };
  }
}
