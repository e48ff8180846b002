// Where evaluation says what it does. The hot path passes no trace; unfolding an explanation runs the same code with one.
import type { ExplanationLine } from '../deadline.js';

/** A line that is the same for every order, such as a rule's sources: one object, whose sentences are written out once. */
export class StandingLine implements ExplanationLine {
  readonly code: string;
  readonly values: ExplanationLine['values'];
  /** By language, as text and as JSON in UTF-8, filled when first rendered. Not part of the line itself. */
  declare readonly texts: { en?: string; zh?: string };
  declare readonly jsons: { en?: Uint8Array; zh?: Uint8Array };

  constructor(code: string, values: ExplanationLine['values']) {
    this.code = code;
    this.values = values;
    Object.defineProperties(this, { texts: { value: {} }, jsons: { value: {} } });
  }
}

export class StandingLines {
  readonly lines: StandingLine[] = [];

  add(code: string, values: ExplanationLine['values']): void {
    this.lines.push(new StandingLine(code, values));
  }
}

export class Trace {
  readonly lines: ExplanationLine[] = [];
  /** The penalty as a sum written out, for `renderFormula`; empty while the rule has no money. */
  formula = '';
  /** Zone of the clock, for instants whose line names none. */
  zone: string | undefined;

  add(code: string, values: ExplanationLine['values'] = {}): void {
    const zoned = this.zone !== undefined && values['at'] !== undefined && values['zone'] === undefined;
    this.lines.push({ code, values: zoned ? { ...values, zone: this.zone! } : values });
  }

  addStanding({ lines }: StandingLines): void {
    for (const line of lines) this.lines.push(line);
  }
}
