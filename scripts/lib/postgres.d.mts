export interface RunningPostgres {
  readonly name: string;
  readonly pid: number;
  readonly logFile: string;
  readonly url: string;
  readonly exited: Promise<string | number>;
  hasExited(): boolean;
  stop(): Promise<void>;
}
export function startPostgres(options: {
  directory: string; /** A free one where absent. */
  port?: number;
  safe?: boolean;
}): Promise<RunningPostgres>;
