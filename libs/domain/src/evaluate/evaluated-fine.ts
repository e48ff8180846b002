// The fine of an evaluated deadline: plain numbers, and a formula that is written out when first read.
import type { ProjectedFine } from '../deadline.js';
import type { FineNumbers } from './project-fine.js';

/** Whoever can write the formula out. */
export interface Unfolding {
  readonly unfolded: { readonly formula: string };
}

export class EvaluatedFine implements ProjectedFine {
  readonly amountMinor: number;
  readonly currency: string;
  readonly chance: number;
  readonly expectedMinor: number;
  readonly confidence: ProjectedFine['confidence'];
  readonly milestones: ProjectedFine['milestones'];
  readonly gate?: ProjectedFine['gate'];
  readonly refundExpected?: ProjectedFine['refundExpected'];
  readonly #owner: Unfolding;

  constructor(numbers: FineNumbers, owner: Unfolding) {
    this.amountMinor = numbers.amountMinor;
    this.currency = numbers.currency;
    this.chance = numbers.chance;
    this.expectedMinor = numbers.expectedMinor;
    this.confidence = numbers.confidence;
    this.milestones = numbers.milestones;
    this.gate = numbers.gate;
    this.refundExpected = numbers.refundExpected;
    this.#owner = owner;
  }

  get formula(): string {
    return this.#owner.unfolded.formula;
  }

  toJSON(): ProjectedFine {
    return { ...this, formula: this.formula };
  }
}
