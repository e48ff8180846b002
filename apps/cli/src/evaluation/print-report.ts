// The same document for people: order by order, each deadline with its fine and why, then totals per currency.
import { formatMinor } from '#domain';
import type { EvaluateReport, Language } from './report.js';

type Reported = EvaluateReport['deadlines'][number];

const WORDS = {
  en: {
    order: 'order',
    parcel: 'parcel',
    due: 'due',
    fine: 'fine',
    expected: 'expected',
    totals: 'Totals',
    open: 'if every open deadline is missed',
    missed: 'missed',
    rate: 'rate',
    none: 'No deadlines.',
    asOf: 'as of',
    uncertain: 'sure of the source',
  },
  zh: {
    order: '订单',
    parcel: '包裹',
    due: '截止',
    fine: '罚款',
    expected: '预期',
    totals: '合计',
    open: '若所有未决时限均超时',
    missed: '已超时',
    rate: '指标',
    none: '没有时限。',
    asOf: '截至',
    uncertain: '来源可信度',
  },
} as const;

/** Lines of text, without colours, so that it can be piped. */
export function* printReport(report: EvaluateReport, language: Language): Generator<string> {
  const words = WORDS[language];
  let order: string | undefined;
  for (const deadline of report.deadlines) {
    if (deadline.orderId !== order) {
      order = deadline.orderId;
      yield `\n${words.order} ${order}  (${deadline.platform} ${deadline.market})`;
    }
    yield* deadlineLines(deadline, language);
  }
  if (report.deadlines.length === 0) yield words.none;
  for (const rate of report.rates) {
    yield `${words.rate} ${rate.rateId} ${rate.shopId}: ${rate.rate} (${rate.numerator}/${rate.denominator}, ${rate.origin})`;
  }
  yield `\n${words.totals} ${words.asOf} ${report.asOf}`;
  for (const total of report.totals) {
    const amount = (minor: number) => formatMinor(minor, total.currency);
    yield `  ${words.missed} ${amount(total.missedMinor)}, ${words.open} ${amount(total.projectedMinor)}, ${words.expected} ${amount(total.expectedMinor)}`;
  }
}

function* deadlineLines(deadline: Reported, language: Language): Generator<string> {
  const words = WORDS[language];
  const { projectedFine: fine } = deadline;
  const parcel = deadline.parcelId ? `, ${words.parcel} ${deadline.parcelId}` : '';
  yield `  [${deadline.status}] ${deadline.ruleId} ${deadline.title}${parcel}, ${words.due} ${deadline.dueAt} (${deadline.zone})`;
  if (fine.formula) {
    const expected =
      deadline.status === 'open' ? `, ${words.expected} ${formatMinor(fine.expectedMinor, fine.currency)}` : '';
    yield `    ${words.fine} ${formatMinor(fine.amountMinor, fine.currency)}${expected}: ${fine.formula} (${words.uncertain}: ${fine.confidence})`;
  }
  for (const line of deadline.explanation) yield `    - ${line}`;
}
