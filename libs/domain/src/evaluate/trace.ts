// Where evaluation says what it does. The hot path passes no trace; unfolding an explanation runs the same code with one.
import type { ExplanationLine } from '../deadline.js';

export class Trace {
  readonly lines: ExplanationLine[] = [];
  /** The penalty as a sum written out; empty while the rule has no money. */
  formula = '';
  /** Zone of the clock, for instants whose line names none. */
  zone: string | undefined;

  add(code: string, values: ExplanationLine['values'] = {}): void {
    const zoned = this.zone !== undefined && values['at'] !== undefined && values['zone'] === undefined;
    this.lines.push({ code, values: zoned ? { ...values, zone: this.zone! } : values });
  }
}
