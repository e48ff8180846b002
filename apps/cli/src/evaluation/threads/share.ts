// The other end of a thread: its answers, one at a time and in order.
import { on } from 'node:events';
import { Worker } from 'node:worker_threads';
import { UsageError } from '../../usage-error.js';
import type { ShareAnswer, ShareTask } from './share-task.js';

type Answer<Kind> = Extract<ShareAnswer, { kind: Kind }>;

export class Share {
  readonly #ahead = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  readonly #thread: Worker;
  readonly #answers: AsyncIterator<[ShareAnswer]>;

  constructor(task: Omit<ShareTask, 'ahead'>) {
    const workerData: ShareTask = { ...task, ahead: this.#ahead };
    this.#thread = new Worker(new URL('./share-thread.js', import.meta.url), { workerData });
    this.#answers = on(this.#thread, 'message')[Symbol.asyncIterator]() as AsyncIterator<[ShareAnswer]>;
  }

  /** The next answer, which is to be one of these. Throws UsageError for what a person can mend. */
  async next<Kind extends ShareAnswer['kind']>(...kinds: readonly Kind[]): Promise<Answer<Kind>> {
    const [answer] = (await this.#answers.next()).value as [ShareAnswer];
    if (answer.kind === 'failed') throw new UsageError(answer.message);
    if (answer.kind === 'lines') this.#take(answer.text.byteLength);
    if (!(kinds as readonly string[]).includes(answer.kind)) throw new Error(`unexpected answer ${answer.kind}`);
    return answer as Answer<Kind>;
  }

  judge(asOf: number): void {
    this.#thread.postMessage(asOf);
  }

  async end(): Promise<void> {
    await this.#thread.terminate();
  }

  #take(bytes: number): void {
    Atomics.sub(this.#ahead, 0, bytes);
    Atomics.notify(this.#ahead, 0);
  }
}
