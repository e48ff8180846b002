// Collects the faults of a rulebook with their place, so that all of them are told at once.
import type { RulebookFault } from '../rule.js';

/** A place inside one rulebook file; `path` is a JSON pointer such as `/rules/0/versions/1/penalty/cap`. */
export class Reporter {
  constructor(
    readonly file: string,
    private readonly faults: RulebookFault[],
    readonly path = '',
  ) {}

  at(...segments: readonly (string | number)[]): Reporter {
    return new Reporter(this.file, this.faults, [this.path, ...segments].join('/'));
  }

  fault(detail: string, mend: string): void {
    this.faults.push({ file: this.file, path: this.path, detail, mend });
  }
}
