// What the threads that share a file are told, and what they answer: first `read`, then, once told the instant to judge at, `judged`,
// then tenant by tenant any number of `lines` and one `balances`.
import type { Fault } from '#contracts';
import type { ExposureTotal } from '#domain';
import type { EvaluateFileOptions, ReadFileState } from '../evaluate-file.js';
import type { Language, ReportRest } from '../report.js';

export interface ReportChoice {
  readonly json?: boolean;
  readonly lang: Language;
}

export interface ShareTask {
  readonly file: string;
  readonly options: Omit<EvaluateFileOptions, 'map'> & ReportChoice;
  readonly index: number;
  readonly of: number;
  /** One counter: bytes of lines that are written out but not taken yet. */
  readonly ahead: Int32Array<SharedArrayBuffer>;
}

/** A fault or a note, told on standard error once those of all threads can be sorted. */
export type Told = Fault & { readonly line: number };

export type ShareAnswer =
  | (Pick<ReadFileState, 'faults' | 'later'> & {
      readonly kind: 'read';
      readonly latest: number | undefined;
      readonly told: readonly Told[];
    })
  | { readonly kind: 'judged'; readonly tenantIds: readonly string[]; readonly uncovered: number }
  | { readonly kind: 'lines'; readonly text: Uint8Array }
  | (Pick<ReportRest, 'rates' | 'points'> & { readonly kind: 'balances'; readonly totals: readonly ExposureTotal[] })
  | { readonly kind: 'failed'; readonly message: string };
