import { describe, expect, it } from '@jest/globals';
import { AppError } from '#platform';
import { AppendQueue, type TopicRecord } from './append-queue.js';
import type { LogRecord } from './event-log.js';

const record = (key: string, bytes = 1): LogRecord => ({ key, value: Buffer.alloc(bytes), headers: {} });

/** A log that takes what it is given, in the order of `sends`, and fails where `failure` says so. */
function recordingLog(failure: (keys: string[]) => Error | undefined = () => undefined) {
  const sends: string[][] = [];
  const send = async (records: TopicRecord[]) => {
    const keys = records.map((one) => one.record.key);
    sends.push(keys);
    const error = failure(keys);
    if (error) throw error;
  };
  return { sends, send };
}

describe('AppendQueue', () => {
  it('sends what came together, together and in order', async () => {
    const { sends, send } = recordingLog();
    const queue = new AppendQueue(send);
    await Promise.all([queue.append('t', [record('a'), record('b')]), queue.append('t', [record('c')])]);
    await queue.append('t', [record('d')]);
    await queue.append('t', []);
    expect(sends).toEqual([['a', 'b', 'c'], ['d']]);
  });

  it('keeps a send below its size, splitting even one append', async () => {
    const { sends, send } = recordingLog();
    const queue = new AppendQueue(send, 1e6, 1000);
    await Promise.all([
      queue.append('t', [record('a', 500), record('b', 500)]),
      queue.append('t', [record('c')]),
      queue.append('t', [record('d')]),
    ]);
    expect(sends).toEqual([['a'], ['b'], ['c', 'd']]);
  });

  it('fails only the append that is to blame', async () => {
    const { send } = recordingLog((keys) =>
      keys.includes('huge') ? new AppError('log.record-too-large', 'no') : undefined,
    );
    const queue = new AppendQueue(send);
    const results = await Promise.allSettled(['a', 'huge', 'b'].map((key) => queue.append('t', [record(key)])));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it('has no room while more than half of what may wait is waiting', async () => {
    let go = (): void => undefined;
    const queue = new AppendQueue(() => new Promise((resolve) => (go = resolve)), 1_000);
    const first = queue.append('t', [record('a', 100)]);
    expect(queue.hasRoom()).toBe(true);
    const second = queue.append('t', [record('b', 100)]);
    expect(queue.hasRoom()).toBe(false);
    await expect(queue.append('t', [record('c', 300)])).rejects.toMatchObject({ code: 'log.busy' });
    await Promise.resolve();
    go();
    await Promise.all([first, second]);
    await queue.idle();
    expect(queue.hasRoom()).toBe(true);
  });

  it('fails all of a send when the log is away, and refuses more than it may hold', async () => {
    const away = new AppError('log.unavailable', 'away', { retryable: true });
    const { sends, send } = recordingLog(() => away);
    const queue = new AppendQueue(send, 500);
    const both = [queue.append('t', [record('a')]), queue.append('t', [record('b')])];
    await expect(queue.append('t', [record('c', 400)])).rejects.toMatchObject({ code: 'log.busy', retryable: true });
    expect((await Promise.allSettled(both)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(sends).toEqual([['a', 'b']]);
    await queue.idle();
  });
});
