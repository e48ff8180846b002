// Interleaved rounds: every contestant once in each, so that a slow minute of the machine is slow for all of them.
import type { Calibration } from './calibration.js';

/** Named figures of one run. */
export type Figures = Readonly<Record<string, number>>;

export interface Contestant {
  readonly name: string;
  run(): Promise<Figures>;
}

export interface Ratio {
  readonly of: string;
  readonly to: string;
  /** The figure compared, the same of both. */
  readonly figure: string;
}

export interface Round {
  readonly calibration: Calibration;
  readonly figures: Readonly<Record<string, Figures>>;
}

export interface RoundsResult {
  readonly rounds: readonly Round[];
  /** Of each contestant's figures, over the rounds. */
  readonly medians: Readonly<Record<string, Figures>>;
  readonly ratios: readonly (Ratio & { readonly perRound: readonly number[]; readonly median: number })[];
}

export async function runRounds(
  count: number,
  contestants: readonly Contestant[],
  ratios: readonly Ratio[],
  calibrate: () => Promise<Calibration>,
): Promise<RoundsResult> {
  const rounds: Round[] = [];
  for (let number = 0; number < count; number++) {
    const calibration = await calibrate();
    const figures: Record<string, Figures> = {};
    // Each round starts with another contestant, so that nobody always runs in the wake of the same one.
    for (let i = 0; i < contestants.length; i++) {
      const contestant = contestants[(i + number) % contestants.length]!;
      figures[contestant.name] = await contestant.run();
      console.error(`round ${number + 1} ${contestant.name} ${JSON.stringify(figures[contestant.name])}`);
    }
    rounds.push({ calibration, figures });
  }
  return { rounds, medians: mediansOf(rounds, contestants), ratios: ratios.map((ratio) => ratioOf(ratio, rounds)) };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function mediansOf(rounds: readonly Round[], contestants: readonly Contestant[]): Record<string, Figures> {
  const ofContestant = (name: string): Figures => {
    const runs = rounds.map(({ figures }) => figures[name]!);
    const keys = Object.keys(runs[0] ?? {});
    return Object.fromEntries(keys.map((key) => [key, median(runs.map((run) => run[key] ?? 0))]));
  };
  return Object.fromEntries(contestants.map(({ name }) => [name, ofContestant(name)]));
}

function ratioOf(ratio: Ratio, rounds: readonly Round[]): RoundsResult['ratios'][number] {
  const { of, to, figure } = ratio;
  const perRound = rounds.map(({ figures }) => round(figures[of]![figure]! / figures[to]![figure]!));
  return { ...ratio, perRound, median: round(median(perRound)) };
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}
