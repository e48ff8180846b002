import { describe, expect, it } from '@jest/globals';
import type { ArgumentsHost } from '@nestjs/common';
import { NotFoundException } from '@nestjs/common';
import { AppError } from './errors.js';
import type { Logger } from './logger.js';
import { ProblemDetailsFilter, ProblemException, problemOf } from './problem-details.js';

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

describe('the filter', () => {
  it('logs every bug, but of what is refused for one reason a line a second, and answers all', () => {
    const lines: string[] = [];
    const answers: number[] = [];
    const logger = { error: ({ err }: { err: Error }) => lines.push(err.message) } as unknown as Logger;
    const response = { headersSent: false, set: () => response, send: () => response, status: counted };
    function counted(code: number) {
      answers.push(code);
      return response;
    }
    const http = { getResponse: () => response, getRequest: () => ({ method: 'POST', path: '/v1/events' }) };
    const host = { switchToHttp: () => http } as unknown as ArgumentsHost;
    const filter = new ProblemDetailsFilter(logger);
    const retryable = (code: string) => new AppError(code, code, { retryable: true });
    for (const error of [
      retryable('log.busy'),
      retryable('log.busy'),
      retryable('db.away'),
      new Error('bug'),
      new Error('bug'),
    ])
      filter.catch(error, host);
    expect(lines).toEqual(['log.busy', 'db.away', 'bug', 'bug']);
    expect(answers).toEqual([503, 503, 503, 500, 500]);
  });
});
