// Load on one of our HTTP stages from this process: a bounded number of requests at a time, each timed.
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Pool } from 'undici';
import type { Figures } from './rounds.js';

export interface HttpCall {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly contentType?: string;
  readonly body?: string;
}

export class HttpStage {
  private constructor(
    private readonly pool: Pool,
    private readonly key: string,
    /** Stops the stage; answers its CPU and memory. */
    readonly stop: () => Promise<Figures>,
  ) {}

  static async start(task: object, connections: number): Promise<HttpStage> {
    const child = fork(fileURLToPath(new URL('./http-server.js', import.meta.url)), [JSON.stringify(task)]);
    const message = <Message>(): Promise<Message> =>
      new Promise((resolve, reject) => {
        child.once('message', (said) => resolve(said as Message));
        child.once('exit', (code) => reject(new Error(`the stage ended with code ${code}`)));
      });
    const { port, key } = await message<{ port: number; key: string }>();
    const pool = new Pool(`http://127.0.0.1:${port}`, { connections });
    return new HttpStage(pool, key, async () => {
      await pool.close();
      const figures = message<Figures>();
      child.send('stop');
      return figures;
    });
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

  async call({ method, path, body, contentType = 'application/json' }: HttpCall): Promise<unknown> {
    const headers = { authorization: `Bearer ${this.key}`, 'content-type': contentType };
    const answer = await this.pool.request({ method, path, headers, body });
    const text = await answer.body.text();
    if (answer.statusCode >= 300) throw new Error(`${path}: ${answer.statusCode} ${text.slice(0, 500)}`);
    return text ? JSON.parse(text) : undefined;
  }
}

/** The value below which a share of sorted values lies. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
}
