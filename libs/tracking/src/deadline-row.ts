// Evaluated deadlines as rows.
import type { Deadline, LadderStep, OrderFacts, OrderState } from '#domain';
import { casesOf, nextStep, unitsOf } from '#domain';
import type { DeadlineRow } from '#storage';
import { carrierOf } from './working-set.js';

/** A miss that is older than this when it is first seen is history, not news: loading a year of orders wakes nobody. */
const BREACH_IS_NEWS_MS = 72 * 3_600_000;

/** `now`: what step comes next is a matter of the present, whatever instant the deadline was judged at (UTC epoch milliseconds). */
export function deadlineRow(order: OrderState, facts: OrderFacts, deadline: Deadline, now: number): DeadlineRow {
  const { fine } = deadline;
  const step = stepOf(deadline, now);
  return {
    tenantId: order.tenantId,
    orderId: order.orderId,
    ruleId: deadline.ruleId,
    parcelId: deadline.parcelId ?? '',
    ruleVersion: deadline.ruleVersion,
    sellerId: facts.sellerId,
    shopId: facts.shopId ?? facts.sellerId,
    warehouseId: facts.warehouseId ?? null,
    platform: deadline.platform,
    market: deadline.market,
    carrier: carrierOf(order) ?? null,
    status: deadline.status,
    startsAt: deadline.startsAt,
    dueAt: deadline.dueAt,
    platformDueAt: deadline.platformDueAt ?? null,
    differenceMs: deadline.differenceMs ?? null,
    governedBy: deadline.governedBy,
    satisfiedAt: deadline.satisfiedAt ?? null,
    settledAt: deadline.settledAt ?? null,
    stage: deadline.stage,
    zone: deadline.zone,
    units: unitsOf(facts),
    cases: casesOf(facts),
    amountMinor: fine.amountMinor,
    expectedMinor: fine.expectedMinor,
    currency: fine.currency,
    chance: fine.chance,
    gated: fine.gate !== undefined && !fine.gate.crossed,
    confidence: fine.confidence,
    ladderHours: deadline.ladderHours?.join() ?? null,
    nextStep: step?.step ?? null,
    nextStepAt: step?.at ?? null,
    nextChangeAt: deadline.nextChangeAt ?? null,
  };
}

/** The ladder step to take first: the most urgent one overdue, else the first to come. The table keeps what was taken since. */
function stepOf({ ladder, status, dueAt }: Deadline, now: number): LadderStep | undefined {
  if (status !== 'open' && status !== 'missed') return undefined;
  if (now - dueAt > BREACH_IS_NEWS_MS) return undefined;
  const { due, next } = nextStep(ladder, now, []);
  return due ?? next;
}
