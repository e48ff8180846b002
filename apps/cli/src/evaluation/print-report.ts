// The same document for people: order by order, each deadline with its fine and why, then totals per currency.
import { formatMinor, instantText, wordOf } from '#domain';
import type { Language, ReportedDeadline, ReportPart, ReportRest } from './report.js';

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
    points: 'points',
    none: 'No deadlines.',
    asOf: 'as of',
    source: 'source',
    computed: 'counted here',
    reported: 'reported by the platform',
    status: { open: 'open', met: 'met', missed: 'missed', waived: 'waived', void: 'void' },
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
    points: '积分',
    none: '没有时限。',
    asOf: '截至',
    source: '来源',
    computed: '由本系统统计',
    reported: '平台回传',
    status: { open: '进行中', met: '已达成', missed: '已超时', waived: '已豁免', void: '已作废' },
  },
} as const;

/** Lines of text, without colours, so that it can be piped. */
export function* printReport(parts: Iterable<ReportPart>, language: Language): Generator<string> {
  const words = WORDS[language];
  let order: string | undefined;
  for (const part of parts) {
    if ('rest' in part) {
      if (order === undefined) yield words.none;
      yield* restLines(part.rest, language);
      continue;
    }
    const { deadline } = part;
    // Two tenants may have an order of the same number.
    const own = `${deadline.tenantId}\n${deadline.orderId}`;
    if (own !== order) yield `\n${words.order} ${deadline.orderId}  (${deadline.platform} ${deadline.market})`;
    order = own;
    yield* deadlineLines(deadline, language);
  }
}

function* restLines(rest: ReportRest, language: Language): Generator<string> {
  const words = WORDS[language];
  if (rest.rates.length > 0) yield '';
  for (const { rateId, shopId, rate, numerator, denominator, origin } of rest.rates) {
    yield `${words.rate} ${rateId} ${shopId}: ${rate} (${numerator}/${denominator}, ${words[origin]})`;
  }
  for (const { pointsId, shopId, balance, explanation } of rest.points) {
    yield `\n${words.points} ${pointsId} ${shopId}: ${balance}`;
    for (const line of explanation) yield `    - ${line}`;
  }
  yield `\n${words.totals}, ${words.asOf} ${rest.asOf}`;
  for (const { currency, missedMinor, projectedMinor, expectedMinor } of rest.totals) {
    const [missed, projected, expected] = [missedMinor, projectedMinor, expectedMinor].map((minor) =>
      formatMinor(minor, currency),
    );
    yield `  ${words.missed} ${missed}, ${words.open} ${projected}, ${words.expected} ${expected}`;
  }
}

function* deadlineLines(deadline: ReportedDeadline, language: Language): Generator<string> {
  const words = WORDS[language];
  const { projectedFine: fine } = deadline;
  const parcel = deadline.parcelId ? `, ${words.parcel} ${deadline.parcelId}` : '';
  const due = instantText(Date.parse(deadline.dueAt), deadline.zone);
  yield `  [${words.status[deadline.status]}] ${deadline.ruleId} ${deadline.title}${parcel}, ${words.due} ${due}`;
  if (fine.formula) {
    const expected =
      deadline.status === 'open' ? `, ${words.expected} ${formatMinor(fine.expectedMinor, fine.currency)}` : '';
    yield `    ${words.fine} ${formatMinor(fine.amountMinor, fine.currency)}${expected}: ${fine.formula} (${words.source}: ${wordOf('confidence', fine.confidence, language)})`;
  }
  for (const line of deadline.explanation) yield `    - ${line}`;
}
