// One app as its own process, started from `dist` as in production: nothing of this process's environment but PATH.
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { parse } from 'yaml';
import { eventually } from '#testing';

export type Variables = Readonly<Record<string, string>>;

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** From the signal or the start to the end of the process. */
  readonly ms: number;
  readonly output: string;
}

const KEPT_LINES = 300;

export class AppProcess {
  private static readonly started = new Set<AppProcess>();
  private readonly lines: string[] = [];
  private readonly exited: Promise<Omit<Exit, 'ms'>>;
  private address: string | undefined;

  private constructor(
    readonly name: string,
    private readonly child: ChildProcess,
  ) {
    AppProcess.started.add(this);
    for (const stream of [child.stdout!, child.stderr!]) {
      createInterface({ input: stream }).on('line', (line) => this.read(line));
    }
    this.exited = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => resolve({ code, signal, output: this.output }));
    });
    void this.exited.catch(() => undefined).then(() => AppProcess.started.delete(this));
  }

  /** `node <flags> <script> <args>` in the folder of the repository. */
  static run(script: string, args: readonly string[], variables: Variables, flags: readonly string[] = []): AppProcess {
    const env = { PATH: process.env['PATH'], ...variables };
    return new AppProcess(
      script,
      spawn(process.execPath, [...flags, script, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] }),
    );
  }

  /** The app's main; resolves when /readyz says so. Rejects with what it printed when it ends before. */
  static async start(app: string, variables: Variables): Promise<AppProcess> {
    const address = { HTTP_HOST: '127.0.0.1', HTTP_PORT: '0' };
    const started = AppProcess.run(mainOf(app), [], { ...address, ...variables }, flagsOf(app));
    await Promise.race([started.ready(), started.endedEarly()]);
    return started;
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** Ends what a failed test left running. */
  static killAll(): void {
    for (const { child } of AppProcess.started) child.kill('SIGKILL');
  }

  get url(): string {
    if (!this.address) throw new Error(`${this.name} does not listen`);
    return this.address;
  }

  get output(): string {
    return this.lines.join('\n');
  }

  signal(signal: NodeJS.Signals): Promise<Exit> {
    this.child.kill(signal);
    return this.ended();
  }

  async ended(): Promise<Exit> {
    const startedAt = performance.now();
    const exit = await this.exited;
    return { ...exit, ms: Math.round(performance.now() - startedAt) };
  }

  async get(path: string): Promise<{ status: number; text: string }> {
    const response = await fetch(this.url + path);
    return { status: response.status, text: await response.text() };
  }

  /** Sum of a counter over its labels that match. */
  async counted(metric: string, labels = ''): Promise<number> {
    const { text } = await this.get('/metrics');
    const lines = text.split('\n').filter((line) => line.startsWith(metric) && line.includes(labels));
    return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
  }

  private async ready(): Promise<void> {
    await eventually(async () => expectReady(this.name, await this.get('/readyz')), {
      timeoutMs: 240_000,
      everyMs: 50,
    });
  }

  private async endedEarly(): Promise<never> {
    const { code, signal, output } = await this.exited;
    throw new Error(`${this.name} ended (${signal ?? code}):\n${output}`);
  }

  private read(line: string): void {
    this.lines.push(line);
    if (this.lines.length > KEPT_LINES) this.lines.shift();
    // Apps say where they listen, because port 0 leaves the choice to the system.
    this.address ??= /"url":"(http:[^"]+)"/.exec(line)?.[1];
  }
}

export function mainOf(app: string): string {
  return `dist/apps/${app}/src/main.js`;
}

/** Node's flags, as the compose file has them. */
function flagsOf(app: string): string[] {
  const { services } = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true }) as {
    services: Readonly<Record<string, { readonly command?: readonly string[] }>>;
  };
  return services[app]?.command?.filter((word) => word.startsWith('--')) ?? [];
}

function expectReady(name: string, { status, text }: { status: number; text: string }): void {
  if (status !== 200) throw new Error(`${name} is not ready: ${text}`);
}
