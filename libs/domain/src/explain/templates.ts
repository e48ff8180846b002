// Sentences of explanations by code. `{name}` is a value as it is or its word, `{name@}` an instant in the line's zone, `{name$}` money in the
// line's currency, `{name~}` a length of time in milliseconds, `{name%}` a share, `{name=}` a formula, `{name?…}` the text when the value is set.
import type { Bilingual } from '../deadline.js';

export const TEMPLATES: Readonly<Record<string, Bilingual>> = {
  rule: {
    en: 'Rule {rule} “{en}” of {rulebook}, version {version}; source: {confidence}; {stage}.',
    zh: '规则 {rule}“{zh}”（{rulebook}），版本 {version}；来源可信度：{confidence}；{stage}。',
  },
  source: {
    en: 'Source {source}: {title}{url?, {url}}, read {readOn}.',
    zh: '来源 {source}：{title}{url?，{url}}，阅读日期 {readOn}。',
  },
  'version-picked': {
    en: 'Version {version} holds at {at@} ({moment}).',
    zh: '按{moment} {at@} 适用版本 {version}。',
  },
  assumed: { en: 'Assumed where the source is silent: {en}', zh: '来源未说明，此处假定：{zh}' },
  overlay: {
    en: 'Changed by contract {overlay}, signed by {signedBy} on {signedAt}: {reason}',
    zh: '按合同 {overlay} 调整，{signedBy} 于 {signedAt} 签署：{reason}',
  },
  zone: { en: 'Time zone {zone} ({from}).', zh: '时区 {zone}（{from}）。' },
  'zone-of-place': {
    en: 'The {from} has no time zone; {place} lies in {zone}.',
    zh: '{from}未注明时区，{place} 属 {zone}。',
  },
  'zone-assumed': {
    en: 'The {from} has no time zone; {zone} of the market is taken.',
    zh: '{from}未注明时区，按站点时区 {zone} 计。',
  },
  'clock-start': { en: 'The clock starts with: {event}, {at@}.', zh: '计时起点：{event}，{at@}。' },
  'clock-chained': {
    en: 'The clock starts when rule {rule} is due, {at@}.',
    zh: '计时起点：规则 {rule} 的截止时间，{at@}。',
  },
  'hours-counted': { en: '{hours} clock hours are counted.', zh: '按自然小时计 {hours} 小时。' },
  'calendar-days-counted': { en: '{days} calendar days are counted.', zh: '按自然日计 {days} 天。' },
  'business-days-counted': { en: '{count} working days are counted: {days}.', zh: '计 {count} 个工作日：{days}。' },
  'days-skipped': {
    en: 'Skipped {from}{to? to {to}}: {why}{name? ({name})}.',
    zh: '跳过 {from}{to? 至 {to}}：{why}{name?（{name}）}。',
  },
  calendar: { en: 'Calendar {calendar}, version {version}.', zh: '日历 {calendar}，版本 {version}。' },
  'count-from-table': { en: 'Row {row} of the table applies: {value}.', zh: '适用表中第 {row} 行：{value}。' },
  'count-promised': { en: '{value} from the {promise} of the order.', zh: '按订单的{promise}：{value}。' },
  'count-default': {
    en: 'The order states no {promise}; {value} is the default.',
    zh: '订单未注明{promise}，默认 {value}。',
  },
  'before-cutoff': {
    en: '{at@} is before the cutoff {cutoff}: the day counts.',
    zh: '{at@} 在截单时间 {cutoff} 之前：当日计入。',
  },
  'after-cutoff': {
    en: '{at@} is after the cutoff {cutoff}: the next working day counts.',
    zh: '{at@} 在截单时间 {cutoff} 之后：从下一工作日计。',
  },
  'buyer-sees-cutoff-earlier': {
    en: 'Buyers see the cutoff {minutes} minutes earlier.',
    zh: '买家看到的截单时间早 {minutes} 分钟。',
  },
  'counts-from-day': { en: 'Counting goes from {day}.', zh: '自 {day} 起计。' },
  'earlier-count-applies': {
    en: 'The other count ends earlier, {at@}, and applies.',
    zh: '另一计法更早（{at@}），以其为准。',
  },
  'own-limit': { en: 'This alternative has a limit of its own: {at@}.', zh: '该条件有单独的期限：{at@}。' },
  'computed-due': { en: 'Due by our count: {at@}.', zh: '自行计算的截止时间：{at@}。' },
  'platform-due': { en: 'Due as the platform sent it ({field}): {at@}.', zh: '平台给出的截止时间（{field}）：{at@}。' },
  'dues-agree': { en: 'Both agree.', zh: '两者一致。' },
  'dues-differ': {
    en: 'They differ by {differenceMs~} (platform minus ours); the platform governs.',
    zh: '两者相差 {differenceMs~}（平台减自算），以平台为准。',
  },
  'governed-by': { en: 'Governed by {by}: {at@}.', zh: '以{by}为准：{at@}。' },
  'waiver-moves-due': { en: 'Waiver {waiver} moves it to {at@}: {en}', zh: '豁免 {waiver} 将期限调整为 {at@}：{zh}' },
  waived: { en: 'Waived by {waiver}: {en}', zh: '由 {waiver} 豁免：{zh}' },
  'refund-later': {
    en: 'A refund is expected in {monthsMin} to {monthsMax} months ({waiver}): {en}',
    zh: '预计 {monthsMin} 至 {monthsMax} 个月内退还（{waiver}）：{zh}',
  },
  exempt: { en: 'Exempt ({id}): {en}', zh: '免责（{id}）：{zh}' },
  'appeal-ground': { en: 'Ground for an appeal ({id}): {en}', zh: '可申诉理由（{id}）：{zh}' },
  evidence: {
    en: 'Evidence: {event}{trackingNumber? of {trackingNumber}}, {at@}{strength?, {strength}}.',
    zh: '证据：{event}{trackingNumber?（{trackingNumber}）}，{at@}{strength?，{strength}}。',
  },
  'no-evidence': {
    en: 'No evidence yet of: {event}{trackingNumber? of {trackingNumber}}.',
    zh: '暂无证据：{event}{trackingNumber?（{trackingNumber}）}。',
  },
  'evidence-too-weak': {
    en: 'Not enough: scan “{stage}” of {trackingNumber} at {at@} is {strength}, needed is {needed}.',
    zh: '证据不足：{trackingNumber} 于 {at@} 的扫描“{stage}”为{strength}，需要{needed}。',
  },
  'evidence-rejected': { en: 'Rejected: {trackingNumber}, {test}.', zh: '不予采信：{trackingNumber}，{test}。' },
  'earlier-use': {
    en: 'Left out: {scans} scans of {trackingNumber} from more than 30 days before the order, of an earlier use of the number.',
    zh: '不计入：{trackingNumber} 在下单 30 天以前的 {scans} 条扫描，属该运单号此前的使用。',
  },
  'time-uncertain': {
    en: 'The time of the scan of {trackingNumber} is uncertain: between {at@} and {latest@}. Only a wholly late interval counts as late.',
    zh: '{trackingNumber} 的扫描时间不确定：{at@} 至 {latest@} 之间。仅当整个区间均超时才判超时。',
  },
  'too-early': {
    en: 'Too early: {at@}, not before {notBefore@}.',
    zh: '过早：{at@}，不得早于 {notBefore@}。',
  },
  'parcels-missing': {
    en: '{seen} of {expected} parcels have: {event}. All are needed.',
    zh: '{expected} 个包裹中有 {seen} 个已完成“{event}”，须全部完成。',
  },
  gap: {
    en: 'The gap that decides begins with the scan at {from@} and may last until {due@} ({considered} considered).',
    zh: '决定性的停滞自 {from@} 的扫描起，最迟至 {due@}（共比较 {considered} 段）。',
  },
  'gap-open': { en: 'No scan since.', zh: '此后无扫描（断更）。' },
  'gap-closed': { en: 'The next scan came at {at@}.', zh: '下一次扫描为 {at@}。' },
  incident: { en: 'Reported: {kind} at {at@}, count {count}.', zh: '违规：{kind}，{at@}，计 {count} 次。' },
  presumed: {
    en: 'Presumed from group {group} on {day}: {violations} of {shipped} orders are violations.',
    zh: '由 {group} 在 {day} 的情况推定：{shipped} 单中有 {violations} 单违规。',
  },
  'voided-by-cancellation': {
    en: 'Cancelled by {by} in time, {at@}: nothing is owed.',
    zh: '{by}于 {at@} 及时取消：不再承担。',
  },
  'status-open': { en: 'Open: decided after {at@}.', zh: '未决：{at@} 之后判定。' },
  'status-met': { en: 'Met at {at@}.', zh: '已达成：{at@}。' },
  'status-missed': { en: 'Missed, {lateSeconds} seconds late.', zh: '已超时，迟 {lateSeconds} 秒。' },
  'status-waived': { en: 'Waived.', zh: '已豁免。' },
  'status-void': { en: 'Void.', zh: '已失效。' },
  'no-money': { en: 'This rule has no fine of its own.', zh: '该规则本身不罚款。' },
  'money-base': { en: 'Base: {base} {amountMinor$}.', zh: '基数：{base} {amountMinor$}。' },
  formula: { en: 'Fine: {text=}.', zh: '罚款：{text=}。' },
  tier: { en: 'The tier beyond {afterHours} hours applies.', zh: '适用超过 {afterHours} 小时的档位。' },
  accrual: {
    en: 'Charged for {periods} started periods of {days} days.',
    zh: '按已开始的 {periods} 个周期计，每周期 {days} 天。',
  },
  'accrual-cap': { en: 'The total is capped at {amount}.', zh: '累计以 {amount} 封顶。' },
  floor: { en: 'Raised to the floor {amount}.', zh: '不足下限，按 {amount} 计。' },
  cap: { en: 'Cut to the cap {amount}.', zh: '超过上限，按 {amount} 计。' },
  rounding: { en: 'Rounded {mode} to whole minor units.', zh: '按{mode}取整到最小货币单位。' },
  'currency-mismatch': {
    en: 'The order is in {order}, the penalty in {penalty}; no exchange rate is assumed, so the share of the order counts as nothing.',
    zh: '订单币种为 {order}，罚则币种为 {penalty}；不假定汇率，故订单金额部分按零计。',
  },
  'alternative-charged': {
    en: 'The amount in the other currency is worth more and is charged: {amount}{rate? (at {rate})}.',
    zh: '另一币种金额更高，按其收取：{amount}{rate?（汇率 {rate}）}。',
  },
  'alternative-lower': {
    en: 'The amount in the other currency is not charged: {amount}{rate? (at {rate})}.',
    zh: '另一币种金额不适用：{amount}{rate?（汇率 {rate}）}。',
  },
  'rate-unknown': { en: 'Rate {rate} of the shop is not known.', zh: '店铺指标 {rate} 未知。' },
  'rate-band': {
    en: 'Rate {rate} of the shop is {value} ({origin}{period?, period from {period}}).',
    zh: '店铺指标 {rate} 为 {value}（{origin}{period?，{period} 起的周期}）。',
  },
  'rate-outside-bands': {
    en: 'Rate {rate} of the shop is {value} ({origin}{period?, period from {period}}), outside every band.',
    zh: '店铺指标 {rate} 为 {value}（{origin}{period?，{period} 起的周期}），不在任何档位内。',
  },
  'gate-crossed': {
    en: 'Rate {metric} is {rate} ({origin}{period?, period from {period}}), {comparison} {threshold}: the fine is due.',
    zh: '指标 {metric} 为 {rate}（{origin}{period?，{period} 起的周期}），{comparison} {threshold}：罚款生效。',
  },
  'gate-not-crossed': {
    en: 'Rate {metric} is {rate} ({origin}{period?, period from {period}}), not {comparison} {threshold}: the fine is due only once it is.',
    zh: '指标 {metric} 为 {rate}（{origin}{period?，{period} 起的周期}），未达到 {comparison} {threshold}：达到后才收取。',
  },
  'gate-unknown': {
    en: 'Rate {metric} is not known; the fine is due only once it is {comparison} {threshold}.',
    zh: '指标 {metric} 未知；仅当 {comparison} {threshold} 时才收取。',
  },
  'highest-of': {
    en: 'Of the penalties “{group}” only the highest is charged; here {amountMinor$}.',
    zh: '“{group}”各项罚则取最高者；此项计 {amountMinor$}。',
  },
  'cap-group': {
    en: 'The penalties “{group}” are capped together; {amountMinor$} is left for this one.',
    zh: '“{group}”各项罚则合计封顶；此项计 {amountMinor$}。',
  },
  points: {
    en: 'Points {points} “{en}”; source: {confidence}.',
    zh: '积分 {points}“{zh}”；来源可信度：{confidence}。',
  },
  'points-start': { en: 'The balance starts at {balance}.', zh: '起始分 {balance}。' },
  'points-reported': {
    en: 'The platform reported a balance of {balance} at {at@}; what came after is added.',
    zh: '平台于 {at@} 公布余额 {balance}；此后变动另计。',
  },
  'points-issued': {
    en: '{sum} points issued at {at@} ({reference}): {reason}{lapsesAt?; they lapse after {lapsesAt@}}.',
    zh: '{at@} 平台计 {sum} 分（{reference}）：{reason}{lapsesAt?；{lapsesAt@} 之后失效}。',
  },
  'points-rule': {
    en: '{sum} points by rule {reason}, missed at {at@} ({reference}); the platform has not issued them yet{lapsesAt?; they lapse after {lapsesAt@}}.',
    zh: '按规则 {reason} 计 {sum} 分，{at@} 超时（{reference}）；平台尚未开出{lapsesAt?；{lapsesAt@} 之后失效}。',
  },
  'points-more': { en: '{sum} points in {entries} further entries.', zh: '另有 {entries} 笔，共 {sum} 分。' },
  'points-lapsed': {
    en: '{sum} points have lapsed and count no more.',
    zh: '{sum} 分已失效，不再计入。',
  },
  'points-balance': { en: 'Balance: {balance}.', zh: '当前余额：{balance} 分。' },
  'points-milestone': { en: 'Milestone {at} is reached: {en}', zh: '已达 {at} 分节点：{zh}' },
  'points-next': {
    en: 'Next milestone {milestone}, {away} points away: {en}',
    zh: '下一节点 {milestone} 分，还差 {away} 分：{zh}',
  },
  'points-open': { en: 'Open deadlines can cost another {sum} points.', zh: '未决时限若超时，另计 {sum} 分。' },
  reversed: {
    en: 'Taken back ({id}): {event} at {at@}, in time by {limit@}. {en}',
    zh: '已撤销（{id}）：{event} {at@}，未超过 {limit@}。{zh}',
  },
  'reversal-possible': {
    en: 'Can still be taken back ({id}): {event} by {limit@}. {en}',
    zh: '仍可撤销（{id}）：{event} 不晚于 {limit@}。{zh}',
  },
  'reversal-failed': {
    en: 'Not taken back ({id}): {event} was not in time by {limit@}, or its evidence does not count. {en}',
    zh: '不予撤销（{id}）：{event} 未在 {limit@} 前完成，或证据不予采信。{zh}',
  },
  'uploaded-too-early': {
    en: 'The number {trackingNumber} was uploaded at {at@}, before {notBefore@}; the platform rejects it.',
    zh: '运单号 {trackingNumber} 于 {at@} 上传，早于 {notBefore@}，平台不予接受。',
  },
  'stage-without-money': {
    en: 'The rule is {stage} and not enforced: no money yet. Enforced it would be {amountMinor$}.',
    zh: '规则{stage}，尚未执行：暂不罚款。执行后为 {amountMinor$}。',
  },
  chance: {
    en: 'Chance of missing {chance%}: own share of misses {history%}, {windowGone%} of the window is gone, evidence factor {evidence}.',
    zh: '超时概率 {chance%}：历史超时率 {history%}，时限已过 {windowGone%}，证据系数 {evidence}。',
  },
};
