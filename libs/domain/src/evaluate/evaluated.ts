// Deadlines as evaluation returns them. Explanation and formula are unfolded when first read, since most deadlines are never looked at; both
// are part of the JSON form. Whoever judged with a trace hands both over. Being getters, they do not survive a spread or a structured clone: use `toJSON()` for a plain copy.
import type { CompiledVersion } from '../compile/compiled.js';
import type { CompiledPenalty } from '../compile/penalty.js';
import type { Deadline, Effect, ExplanationLine, LadderStep } from '../deadline.js';
import { EvaluatedFine } from './evaluated-fine.js';
import { unfoldVersion, type Unfolded } from './unfold.js';
import { firstLateInstant, ladderSteps } from '../ladder.js';
import { nextChanceAt } from './chance.js';
import type { Outcome } from './outcome.js';
import type { FineNumbers } from './project-fine.js';
import { standingFines, type Subject } from './subject.js';

/** What a deadline is made of. `charge` says why other penalties of the order changed its amount. */
export interface DeadlineParts {
  readonly version: CompiledVersion;
  readonly subject: Subject;
  readonly outcome: Outcome;
  readonly fine: FineNumbers;
  readonly charge: ExplanationLine | undefined;
}

const NO_EFFECTS: readonly Effect[] = [];
const NO_LADDER: readonly LadderStep[] = [];

export class EvaluatedDeadline implements Deadline {
  readonly deadlineId: string;
  readonly orderId: string;
  readonly parcelId?: string;
  readonly ruleId: string;
  readonly ruleVersion: string;
  readonly overlayId?: string;
  readonly title: Deadline['title'];
  readonly platform: string;
  readonly market: string;
  readonly status: Deadline['status'];
  readonly startsAt: number;
  readonly dueAt: number;
  readonly governedBy: Deadline['governedBy'];
  readonly computedDueAt?: number;
  readonly platformDueAt?: number;
  readonly differenceMs?: number;
  readonly zone: string;
  readonly satisfiedAt?: number;
  readonly settledAt?: number;
  readonly fine: EvaluatedFine;
  readonly effects: readonly Effect[];
  readonly ladder: readonly LadderStep[];
  readonly ladderHours?: readonly number[];
  readonly stage: Deadline['stage'];
  readonly nextChangeAt?: number;
  readonly appeal?: Deadline['appeal'];
  readonly #parts: DeadlineParts;
  #unfolded: Unfolded | undefined;

  constructor(parts: DeadlineParts, unfolded?: Unfolded) {
    const { version, subject, outcome } = parts;
    const { due, status } = outcome;
    const running = status === 'open' || status === 'missed';
    this.#parts = parts;
    this.#unfolded = unfolded;
    this.deadlineId = deadlineIdOf(version, subject);
    this.orderId = subject.order.orderId;
    this.parcelId = subject.parcel?.link.trackingNumber;
    this.ruleId = version.rule.id;
    this.ruleVersion = version.spec.version;
    this.overlayId = version.overlay?.overlayId;
    this.title = version.rule.title;
    this.platform = subject.facts.platform;
    this.market = subject.facts.market;
    this.status = status;
    this.startsAt = due.startsAt;
    this.dueAt = due.dueAt;
    this.governedBy = due.governedBy;
    this.computedDueAt = due.computedDueAt;
    this.platformDueAt = due.platformDueAt;
    this.differenceMs = differenceOf(due.platformDueAt, due.computedDueAt);
    this.zone = due.zone;
    this.satisfiedAt = outcome.satisfiedAt;
    this.settledAt = outcome.settledAt;
    this.fine = new EvaluatedFine(parts.fine, this);
    this.effects = running ? version.effects : NO_EFFECTS;
    this.ladder =
      running && !version.spec.violation ? ladderSteps(due.dueAt, due.startsAt, version.ladderHours) : NO_LADDER;
    this.ladderHours = version.ladderHours;
    this.stage = version.spec.stage;
    this.nextChangeAt = nextChangeOf(parts, this.ladder);
    this.appeal = status === 'missed' ? appealOf(parts) : undefined;
  }

  /** Explanation and formula, by running the evaluation again with a trace; kept once read. */
  get unfolded(): Unfolded {
    return (this.#unfolded ??= unfoldVersion(this.#parts.version, this.#parts.subject));
  }

  /** Why the deadline and its amount are what they are, step by step. Computed when read. */
  get explanation(): readonly ExplanationLine[] {
    const { charge } = this.#parts;
    return charge ? [...this.unfolded.lines, charge] : this.unfolded.lines;
  }

  /** The same deadline with less money, because other penalties of the order already charge it; `charge` says why. */
  withAmount(amountMinor: number, charge: ExplanationLine): EvaluatedDeadline {
    const { fine } = this.#parts;
    const share = fine.amountMinor > 0 ? amountMinor / fine.amountMinor : 0;
    const expectedMinor = Math.round(fine.expectedMinor * share);
    const milestones = fine.milestones.map((one) => ({ ...one, amountMinor: Math.min(one.amountMinor, amountMinor) }));
    const parts = { ...this.#parts, fine: { ...fine, amountMinor, expectedMinor, milestones }, charge };
    return new EvaluatedDeadline(parts, this.#unfolded);
  }

  /** The compiled penalty in the order's currency, for penalties that know of each other. */
  get penalty(): CompiledPenalty | undefined {
    return this.#parts.version.penaltyOf?.(this.#parts.subject.facts.currency);
  }

  toJSON(): Deadline {
    return { ...this, fine: this.fine.toJSON(), explanation: this.explanation };
  }
}

function deadlineIdOf(version: CompiledVersion, subject: Subject): string {
  const id = `${subject.order.orderId}:${version.rule.id}`;
  return subject.parcel ? `${id}:${subject.parcel.link.trackingNumber}` : id;
}

function differenceOf(platform: number | undefined, computed: number | undefined): number | undefined {
  return platform === undefined || computed === undefined ? undefined : platform - computed;
}

/** An open one turns late at its limit; where money is at stake it is judged anew at the first step of its ladder, at the others, and whenever its chance grows between them. */
function nextChangeOf({ outcome, fine, subject }: DeadlineParts, ladder: readonly LadderStep[]): number | undefined {
  const { asOf } = subject.context;
  if (outcome.status === 'missed') return fine.milestones.find(({ at }) => at > asOf)?.at;
  if (outcome.status !== 'open') return undefined;
  const late = firstLateInstant(outcome.limit);
  if (fine.amountMinor === 0) return late;
  const step = ladder.find(({ at }) => at > asOf)?.at ?? late;
  const isInQueue = ladder.some(({ at }) => at <= asOf);
  return Math.min(late, step, isInQueue ? nextChanceAt(outcome.due.startsAt, outcome.limit, asOf) : late);
}

/** The window runs from the levied fine where there is one, else from the miss. */
function appealOf({ version, subject, outcome }: DeadlineParts): Deadline['appeal'] {
  const { appeal } = version.spec;
  if (!appeal) return undefined;
  const levied = standingFines(subject.order).find((fine) => fine.ruleId === version.rule.id);
  const from = levied?.leviedAt ?? outcome.settledAt;
  const days = appeal.windowDays;
  const until =
    from === undefined || days === undefined ? undefined : version.appealBy?.(from, days, subject, outcome.due.zone);
  return { until, rounds: appeal.rounds ?? 1, evidence: appeal.evidence ?? [] };
}
