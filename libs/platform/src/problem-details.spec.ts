import { describe, expect, it } from '@jest/globals';
import { NotFoundException } from '@nestjs/common';
import { AppError } from './errors.js';
import { ProblemException, problemOf } from './problem-details.js';

describe('problem details', () => {
  it('keeps code, detail and the pointer of each fault', () => {
    const errors = [{ pointer: '/limit', detail: 'at most 200' }];
    expect(problemOf(new ProblemException(400, 'invalid-query', 'One parameter is wrong.', { errors }))).toEqual({
      type: 'urn:fineline:problem:invalid-query',
      title: 'Bad Request',
      status: 400,
      detail: 'One parameter is wrong.',
      errors,
    });
  });

  it('translates the exceptions of the framework and of the body parsers', () => {
    expect(problemOf(new NotFoundException('no such order'))).toMatchObject({
      type: 'urn:fineline:problem:not-found',
      status: 404,
      detail: 'no such order',
    });
    const tooLarge = Object.assign(new Error('request entity too large'), {
      status: 413,
      type: 'entity.too.large',
      expose: true,
    });
    expect(problemOf(tooLarge)).toMatchObject({ status: 413, type: 'urn:fineline:problem:entity-too-large' });
  });

  it('says 503 when trying again can help and hides what a bug says', () => {
    expect(problemOf(new AppError('log-unavailable', 'broker 10.0.0.7 is gone', { retryable: true }))).toMatchObject({
      status: 503,
      type: 'urn:fineline:problem:log-unavailable',
    });
    const bug = problemOf(new Error('password of the database is hunter2'));
    expect(bug.status).toBe(500);
    expect(JSON.stringify(bug)).not.toContain('hunter2');
  });
});
