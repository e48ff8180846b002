// The database as one person sees it: every read and command of a request goes through here.
import { faultAt, wrong } from '#contracts';
import { ProblemException } from '#platform';
import type { Transaction } from '#storage';
import { BadCursor, asPerson } from '#storage';
import { Inject, Injectable } from '@nestjs/common';
import type { ApiOptions } from './api-options.js';
import { API_OPTIONS } from './api-options.js';
import type { Person } from './auth/person.js';

@Injectable()
export class PersonalRecord {
  constructor(@Inject(API_OPTIONS) private readonly options: ApiOptions) {}

  /** One transaction in which row-level security shows `person` what is theirs and nothing else. */
  async as<Result>(person: Person, work: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    try {
      return await asPerson(this.options.dataSource, person, work);
    } catch (error) {
      if (error instanceof BadCursor) {
        throw new ProblemException(400, 'bad-cursor', error.message, {
          errors: [faultAt('/cursor', wrong('no-such-page'))],
        });
      }
      throw error;
    }
  }
}

/** What others own and what does not exist look the same. */
export function notFound(what: string): ProblemException {
  return new ProblemException(404, 'not-found', `There is no such ${what} for you.`);
}
