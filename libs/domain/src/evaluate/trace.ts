// Where evaluation says what it does. The hot path passes no trace; unfolding an explanation runs the same code with one.
import type { ExplanationLine } from '../deadline.js';

export class Trace {
  readonly lines: ExplanationLine[] = [];
  /** The penalty as a sum written out; empty while the rule has no money. */
  formula = '';

  add(code: string, values: ExplanationLine['values'] = {}): void {
    this.lines.push({ code, values });
  }
}
