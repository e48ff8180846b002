// What is said of an input that is refused, by code, in both languages of the product. `{name}` is a value, `{name!}` the text of the code it holds.
// Imports nothing: the page reads it too.

type Language = 'en' | 'zh';
export type FaultValues = Readonly<Record<string, string | number>>;

export const FAULT_TEXTS = {
  'already-different': {
    en: 'an event with this tenant, source and id was accepted before with other contents',
    zh: '此前已接收过租户、来源和编号相同但内容不同的事件',
  },
  'attribute-name': {
    en: 'attribute names are 1 to 20 lower-case letters and digits',
    zh: '属性名须为 1 至 20 个小写字母或数字',
  },
  'attribute-type': { en: 'must be text, a boolean or a 32-bit integer', zh: '须为文本、布尔值或 32 位整数' },
  'base64-data': { en: 'JSON data must be in "data"', zh: 'JSON 数据须放在 "data" 中' },
  'byte-order-mark': { en: 'starts with a byte order mark', zh: '以字节顺序标记（BOM）开头' },
  'cell-amount': { en: '"{text}" is not an amount', zh: '“{text}”不是金额' },
  'cell-boolean': { en: '"{text}" is not yes or no', zh: '“{text}”不是“是”或“否”' },
  'cell-date-format': {
    en: '"{text}" does not match the date format {format}',
    zh: '“{text}”与日期格式 {format} 不符',
  },
  'cell-decimals': {
    en: '"{text}" has more than {digits} decimals of {currency}',
    zh: '“{text}”的小数位超过 {currency} 的 {digits} 位',
  },
  'cell-epoch': { en: '"{text}" is not {format}', zh: '“{text}”不符合 {format}' },
  'cell-epoch-years': {
    en: '"{text}" read as {format} is outside the years 2000 to 2099',
    zh: '“{text}”按 {format} 读取后不在 2000 至 2099 年之间',
  },
  'cell-instant': { en: '"{text}" is {reason!}', zh: '“{text}”：{reason!}' },
  'cell-integer': { en: '"{text}" is not a whole number', zh: '“{text}”不是整数' },
  'cell-none-of': { en: '"{text}" is none of {values}', zh: '“{text}”不在可选值之内：{values}' },
  'cell-number': { en: '"{text}" is not a number', zh: '“{text}”不是数字' },
  'cell-skipped-time': {
    en: '"{text}" does not exist in {zone}: clocks went forward',
    zh: '“{text}”在 {zone} 不存在：时钟拨快了',
  },
  'cell-twice': {
    en: '"{text}" happened twice in {zone}: clocks went back',
    zh: '“{text}”在 {zone} 出现两次：时钟拨慢了',
  },
  'changes-nothing': { en: 'must change at least one field of the order', zh: '至少须修改订单的一个字段' },
  charset: { en: 'charset {charset} is not supported; send UTF-8', zh: '不支持字符集 {charset}；请使用 UTF-8' },
  'column-count': { en: 'has {count} columns, the header has {header}', zh: '有 {count} 列，而表头有 {header} 列' },
  'column-missing': { en: 'no such column', zh: '没有此列' },
  'column-twice': { en: 'column "{name}" is there twice', zh: '列“{name}”出现两次' },
  'columns-missing': { en: 'has no column "{names}"', zh: '缺少列“{names}”' },
  'content-type': { en: 'content type must be {types}', zh: '内容类型须为 {types}' },
  'control-characters': {
    en: 'contains control or bidirectional override characters',
    zh: '含有控制字符或双向文本控制字符',
  },
  'country-code': { en: 'must be an ISO 3166-1 alpha-2 code', zh: '须为 ISO 3166-1 两位国家代码' },
  'currency-code': { en: 'must be an ISO 4217 code such as USD', zh: '须为 ISO 4217 币种代码，如 USD' },
  'currency-missing': {
    en: 'needs a currency: give the mapping a currency, or the column its own',
    zh: '缺少币种：请在映射或该列中注明',
  },
  'dash-words': { en: 'must be lower case words joined by dashes', zh: '须为以短横线连接的小写单词' },
  'date-format': {
    en: 'must be rfc3339, epoch-seconds, epoch-milliseconds or a format with YYYY, MM and DD',
    zh: '须为 rfc3339、epoch-seconds、epoch-milliseconds，或含 YYYY、MM、DD 的格式',
  },
  'decimal-text': { en: 'must be a plain decimal such as 0.1999', zh: '须为普通小数，如 0.1999' },
  'duplicate-key': { en: 'appears twice in the same object', zh: '在同一对象中出现两次' },
  'escalation-id': { en: 'must be an escalation id', zh: '须为预警编号' },
  'event-format': {
    en: 'event format {format} is not supported; send {supported}',
    zh: '不支持事件格式 {format}；请使用 {supported}',
  },
  'forbidden-key': { en: 'is a key that is not allowed', zh: '为不允许的键名' },
  'from-before-to': { en: 'must be after from', zh: '须晚于开始时间' },
  'from-before-until': { en: 'from must be before until', zh: '开始须早于结束' },
  'header-encoding': { en: 'is not percent-encoded UTF-8', zh: '不是百分号编码的 UTF-8' },
  'header-not-utf8': { en: 'header {header} is not UTF-8', zh: '标头 {header} 不是 UTF-8' },
  'header-twice': { en: 'header {header} is sent twice', zh: '标头 {header} 重复' },
  'in-the-future': {
    en: 'is in the future (latest accepted: {latest})',
    zh: '是未来的时间（最晚可接受：{latest}）',
  },
  'instant-form': {
    en: 'not RFC 3339 with seconds and an offset, e.g. 2026-01-30T20:47:00-08:00',
    zh: '须为含秒和时差的 RFC 3339 时间，如 2026-01-30T20:47:00-08:00',
  },
  'instant-none': {
    en: 'no such date or time (leap seconds are not accepted)',
    zh: '没有这样的日期或时间（不接受闰秒）',
  },
  'instant-offset': { en: 'offset outside -18:00 to +18:00', zh: '时差超出 -18:00 至 +18:00' },
  'instant-years': { en: 'outside the years 2000 to 2099', zh: '不在 2000 至 2099 年之间' },
  'json-in-utf8': { en: 'must be JSON in UTF-8', zh: '须为 UTF-8 编码的 JSON' },
  'local-time': {
    en: 'is a local time: give the mapping or the column a zone',
    zh: '是当地时间：请在映射或该列中注明时区',
  },
  'lone-surrogate': { en: 'contains a lone surrogate', zh: '含有不成对的代理字符' },
  'mapping-name': { en: 'must be lower case letters, digits and dashes', zh: '须为小写字母、数字和短横线' },
  market: { en: 'must be a two-letter market such as US', zh: '须为两位站点代码，如 US' },
  'minus-zero': { en: 'is minus zero', zh: '为负零' },
  'not-an-array': { en: 'a batch must be a JSON array', zh: '批量内容须为 JSON 数组' },
  'not-an-instant': { en: 'not a valid instant: {reason!}', zh: '时间无效：{reason!}' },
  'not-an-object': { en: 'must be a JSON object', zh: '须为 JSON 对象' },
  'not-a-tracker': { en: 'is neither an EasyPost Event nor a Tracker', zh: '既不是 EasyPost Event，也不是 Tracker' },
  'not-applied': { en: 'could not be applied: {reason}', zh: '未能处理：{reason}' },
  'not-json': { en: 'is not JSON: {reason}', zh: '不是 JSON：{reason}' },
  'not-json-type': { en: '{type} is not JSON', zh: '{type} 不是 JSON' },
  'not-one-of': { en: 'must be one of {values}', zh: '须为以下之一：{values}' },
  'not-utf8': { en: 'is not UTF-8', zh: '不是 UTF-8' },
  'not-valid': { en: 'is not valid', zh: '内容无效' },
  'not-yaml': { en: 'is not YAML: {reason}', zh: '不是 YAML：{reason}' },
  nul: { en: 'contains NUL', zh: '含有 NUL 字符' },
  'no-such-page': { en: 'is no page of this list', zh: '没有这一页' },
  'number-too-large': { en: '{number} is too large for a number', zh: '{number} 过大，无法作为数字' },
  'number-would-round': {
    en: '{number} is beyond 2^53 and would be rounded; send identifiers as text',
    zh: '{number} 超过 2^53，会被舍入；编号请以文本发送',
  },
  'one-of-two': { en: 'send either rulebook or overlay', zh: '规则库与合同调整须且只须给出一项' },
  'other-owner': { en: 'is not within the reach of this API key', zh: '不在此 API 密钥的权限范围内' },
  'other-seller': { en: 'is not the seller of this API key', zh: '不是此 API 密钥的卖家' },
  'other-tenant': { en: 'is not the tenant of this API key', zh: '不是此 API 密钥的租户' },
  'region-code': {
    en: 'must be the part of the ISO 3166-2 code after the dash',
    zh: '须为 ISO 3166-2 代码短横线之后的部分',
  },
  required: { en: 'is required', zh: '为必填项' },
  'seller-event': { en: 'is not an event a seller may send', zh: '不是卖家可以发送的事件' },
  'short-id': {
    en: 'must be 1 to 64 letters, digits, dots, dashes or underscores',
    zh: '须为 1 至 64 个字母、数字、点、短横线或下划线',
  },
  'snooze-past': { en: 'must be in the future', zh: '须为将来的时间' },
  'snooze-too-long': { en: 'must be within {days} days', zh: '须在 {days} 天之内' },
  'spec-version': { en: 'must be "1.0"', zh: '须为 "1.0"' },
  'time-of-day': { en: 'must be HH:MM', zh: '须为 HH:MM' },
  'time-of-day-seconds': { en: 'must be HH:MM:SS', zh: '须为 HH:MM:SS' },
  'time-zone': {
    en: 'must be an IANA time zone such as America/Los_Angeles',
    zh: '须为 IANA 时区，如 America/Los_Angeles',
  },
  tombstone: { en: 'has no value (a tombstone)', zh: '没有内容（墓碑记录）' },
  'too-big': { en: 'must be {maximum} at most', zh: '不得大于 {maximum}' },
  'too-deep': { en: 'is nested deeper than {levels} levels', zh: '嵌套超过 {levels} 层' },
  'too-few': { en: 'must have at least {minimum} items', zh: '至少须有 {minimum} 项' },
  'too-long': { en: 'must be {maximum} characters at most', zh: '最多 {maximum} 个字符' },
  'too-many': { en: 'must have {maximum} items at most', zh: '最多 {maximum} 项' },
  'too-many-attributes': { en: 'has more than {maximum} attributes', zh: '属性超过 {maximum} 个' },
  'too-many-bytes': { en: 'is larger than {maximum} bytes', zh: '超过 {maximum} 字节' },
  'too-many-columns': {
    en: 'has {count} columns, at most {maximum} are read',
    zh: '有 {count} 列，最多读取 {maximum} 列',
  },
  'too-short': { en: 'must be at least {minimum} characters', zh: '至少 {minimum} 个字符' },
  'too-small': { en: 'must be at least {minimum}', zh: '不得小于 {minimum}' },
  'tracking-number': { en: 'must be 4 to 50 letters and digits', zh: '须为 4 至 50 个字母和数字' },
  'trimmed-nfc': { en: 'must be NFC without surrounding spaces', zh: '须为 NFC 形式，首尾不得有空格' },
  'unknown-event': { en: 'unknown event type; expected one of {types}', zh: '未知的事件类型；可用类型：{types}' },
  'unknown-field': { en: 'is not a field of this event', zh: '不是此事件的字段' },
  'unknown-keys': { en: 'has fields that are not known: {keys}', zh: '含有未知字段：{keys}' },
  'unreadable-csv': { en: 'cannot be read after line {line}: {reason}', zh: '第 {line} 行之后无法读取：{reason}' },
  uri: { en: 'must be an absolute URI', zh: '须为绝对 URI' },
  'uri-reference': { en: 'must be a URI reference', zh: '须为 URI 引用' },
  'warehouse-event': { en: 'is not an event a warehouse may send', zh: '不是仓库可以发送的事件' },
  'wrong-format': { en: 'has not the right form', zh: '格式不符' },
  'wrong-type': { en: 'is missing, or is not {expected}', zh: '缺少，或不是{expected}' },
} as const satisfies Readonly<Record<string, Readonly<Record<Language, string>>>>;

export type FaultCode = keyof typeof FAULT_TEXTS;

/** Names of kinds of values, for `wrong-type`. */
const KINDS: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  string: { en: 'text', zh: '文本' },
  number: { en: 'a number', zh: '数字' },
  int: { en: 'a whole number', zh: '整数' },
  boolean: { en: 'true or false', zh: '布尔值' },
  array: { en: 'a list', zh: '列表' },
  object: { en: 'an object', zh: '对象' },
  record: { en: 'an object', zh: '对象' },
};

export function isFaultCode(code: string): code is FaultCode {
  return Object.hasOwn(FAULT_TEXTS, code);
}

interface Sayable {
  readonly code?: string;
  readonly values?: FaultValues;
  /** In English, for a code that is not known here or not given. */
  readonly detail?: string;
}

/** What is wrong, in one language; the value `column` names the column of a file it came from. */
export function faultText({ code = '', values = {}, detail }: Sayable, language: Language): string {
  if (!isFaultCode(code)) return detail ?? code;
  const { column, ...rest } = values;
  const text = FAULT_TEXTS[code][language].replaceAll(/\{(\w+)(!?)\}/g, (_slot, name: string, isCode: string) => {
    const value = String(rest[name] ?? '');
    if (isCode) return faultText({ code: value, values: rest }, language);
    return name === 'expected' ? (KINDS[value]?.[language] ?? value) : value;
  });
  if (column === undefined) return text;
  return language === 'zh' ? `列“${column}”：${text}` : `column "${column}": ${text}`;
}
