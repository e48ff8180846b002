// Every sentence of a notice in both languages.
import type { SatisfyingEvent } from '#domain';
import type { Language } from './format.js';

export interface Texts {
  readonly subject: (order: string, left: string, fine: string) => string;
  readonly subjectBreached: (order: string, fine: string) => string;
  readonly subjectMany: (count: number, left: string, fines: string) => string;
  readonly subjectManyBreached: (count: number, fines: string) => string;
  readonly order: string;
  readonly parcel: string;
  readonly rule: string;
  readonly due: string;
  readonly left: string;
  readonly over: string;
  readonly fine: string;
  readonly expected: string;
  readonly formula: string;
  readonly who: string;
  readonly toDo: string;
  readonly late: string;
  readonly reminder: (subject: string) => string;
  readonly action: Readonly<Record<'ship' | 'label' | 'confirm' | 'deliver' | 'breached' | 'other', string>>;
}

export const TEXTS: Readonly<Record<Language, Texts>> = {
  en: {
    subject: (order, left, fine) => `${left} left: order ${order}, ${fine} at risk`,
    subjectBreached: (order, fine) => `Deadline passed: order ${order}, fine ${fine}`,
    subjectMany: (count, left, fines) => `${left} left for the first of ${count} deadlines, ${fines} at risk`,
    subjectManyBreached: (count, fines) => `${count} deadlines passed, fines ${fines}`,
    order: 'Order',
    parcel: 'Parcel',
    rule: 'Rule',
    due: 'Deadline',
    left: 'Time left',
    over: 'Overdue by',
    fine: 'Fine if missed',
    expected: 'Expected fine',
    formula: 'How it is computed',
    who: 'Seller / warehouse / carrier',
    toDo: 'What to do',
    late: 'This notice is late: Fineline was not running when it was due.',
    reminder: (subject) => `Reminder: ${subject}`,
    action: {
      ship: 'Hand the parcel to the carrier now and see it scanned: a label alone does not count.',
      label: 'Upload a valid tracking number to the platform.',
      confirm: 'Confirm the shipment on the platform.',
      deliver: 'Ask the carrier where the parcel is and get it delivered.',
      breached:
        'Ship at once where the fine still grows, keep the proof of what happened, and check whether a waiver or an appeal applies.',
      other: 'Open the order in Fineline and see what is missing.',
    },
  },
  zh: {
    subject: (order, left, fine) => `剩余${left}：订单 ${order}，可能罚款 ${fine}`,
    subjectBreached: (order, fine) => `已超时：订单 ${order}，罚款 ${fine}`,
    subjectMany: (count, left, fines) => `${count} 个时限将到期，最早的剩余${left}，可能罚款合计 ${fines}`,
    subjectManyBreached: (count, fines) => `${count} 个时限已超时，罚款合计 ${fines}`,
    order: '订单',
    parcel: '包裹',
    rule: '规则',
    due: '截止时间',
    left: '剩余时间',
    over: '已超时',
    fine: '超时罚款',
    expected: '预计罚款',
    formula: '计算方式',
    who: '卖家 / 仓库 / 承运商',
    toDo: '需要做什么',
    late: '本通知延迟发出：到点时 Fineline 未在运行。',
    reminder: (subject) => `再次提醒：${subject}`,
    action: {
      ship: '请立即将包裹交给承运商并确认已有揽收扫描：仅有面单不算。',
      label: '请在平台上传有效的运单号。',
      confirm: '请在平台确认发货。',
      deliver: '请联系承运商查明包裹位置并完成派送。',
      breached: '若罚款仍在增加请立即发货，保留相关凭证，并确认是否可以豁免或申诉。',
      other: '请在 Fineline 打开订单，查看缺少什么。',
    },
  },
};

const ACTION_OF: Readonly<Partial<Record<SatisfyingEvent, keyof Texts['action']>>> = {
  labelled: 'label',
  'shipment-confirmed': 'confirm',
  accepted: 'ship',
  'any-scan': 'ship',
  'in-transit': 'ship',
  'delivery-attempted': 'deliver',
  delivered: 'deliver',
  'available-for-pickup': 'deliver',
};

/** What saves the order: the first event that would, or what is left to do after the breach. */
export function actionFor(texts: Texts, satisfiedBy: readonly SatisfyingEvent[], step: string): string {
  if (step === 'breach') return texts.action.breached;
  const event = satisfiedBy.find((each) => ACTION_OF[each] !== undefined);
  return texts.action[(event && ACTION_OF[event]) ?? 'other'];
}
