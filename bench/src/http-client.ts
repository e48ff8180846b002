// Load on one of our HTTP stages from this process: a bounded number of requests at a time, each timed.
import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Pool } from 'undici';
import type { Figures } from './rounds.js';

export interface HttpCall {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly contentType?: string;
  readonly body?: string;
  /** Instead of the stage's own. */
  readonly key?: string;
}

interface StageOptions {
  readonly connections: number;
  /** Folder for its CPU profile. */
  readonly profile?: string;
}

export class HttpStage {
  private constructor(
    private readonly child: ChildProcess,
    private readonly pool: Pool,
    readonly url: string,
    /** Of the people the task names, in their order. */
    readonly keys: readonly string[],
  ) {}

  /** `task` is that of `http-server.ts`. */
  static async start(task: object, { connections, profile }: StageOptions): Promise<HttpStage> {
    const execArgv = profile ? ['--cpu-prof', `--cpu-prof-dir=${profile}`] : [];
    const server = fileURLToPath(new URL('./http-server.js', import.meta.url));
    const child = fork(server, [JSON.stringify(task)], { execArgv });
    const { port, keys } = await said<{ port: number; keys: string[] }>(child);
    const url = `http://127.0.0.1:${port}`;
    return new HttpStage(child, new Pool(url, { connections }), url, keys);
  }

  /** Makes every call, `atOnce` of them at a time; milliseconds each, sorted. Throws on any answer that is not 2xx. */
  async all(calls: Iterable<HttpCall>, atOnce: number): Promise<number[]> {
    const took: number[] = [];
    const left = calls[Symbol.iterator]();
    const worker = async (): Promise<void> => {
      for (let next = left.next(); !next.done; next = left.next()) {
        const start = performance.now();
        await this.call(next.value);
        took.push(performance.now() - start);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
    return took.sort((a, b) => a - b);
  }

  async call(call: HttpCall): Promise<unknown> {
    const { status, text } = await this.answer(call);
    if (status >= 300) throw new Error(`${call.path}: ${status} ${text.slice(0, 500)}`);
    return text ? JSON.parse(text) : undefined;
  }

  async answer(call: HttpCall): Promise<{ status: number; text: string }> {
    const { method, path, body, contentType = 'application/json', key = this.keys[0] } = call;
    const headers = { authorization: `Bearer ${key}`, 'content-type': contentType };
    const answer = await this.pool.request({ method, path, headers, body });
    return { status: answer.statusCode, text: await answer.body.text() };
  }

  /** CPU of the stage so far and its largest memory. */
  usage(): Promise<Figures> {
    return this.ask('usage');
  }

  /** Stops the stage; answers what it used in all. */
  async stop(): Promise<Figures> {
    await this.pool.close();
    return this.ask('stop');
  }

  private ask(what: 'usage' | 'stop'): Promise<Figures> {
    const figures = said<Figures>(this.child);
    this.child.send(what);
    return figures;
  }
}

function said<Message>(child: ChildProcess): Promise<Message> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void => reject(new Error(`the stage ended with code ${code}`));
    child.once('exit', ended);
    child.once('message', (message) => {
      child.off('exit', ended);
      resolve(message as Message);
    });
  });
}

/** The value below which a share of sorted values lies. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
}
