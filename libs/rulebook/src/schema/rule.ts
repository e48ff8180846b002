import { z } from 'zod';
import type {
  Appeal,
  EffectSpec,
  Exemption,
  LadderSpec,
  Presumption,
  Reversal,
  Rule,
  RuleVersion,
  VersionMoment,
} from '#domain';
import { clock, satisfaction, satisfyingEvent, validityTest, zoneChoice } from './clock.js';
import { condition, scalar } from './condition.js';
import {
  bilingual,
  dateOrInstant,
  decimalText,
  list,
  objectOf,
  oneOf,
  text,
  wholeFrom,
  zoneName,
} from './object-of.js';
import { confidence, penalty } from './penalty.js';

export const stage = oneOf<RuleVersion['stage']>()('announced', 'warning', 'enforced');

export const effect = objectOf<EffectSpec>({
  kind: oneOf<EffectSpec['kind']>()(
    'points',
    'order-cap',
    'payment-delay',
    'payment-hold',
    'listing',
    'account',
    'auto-cancel',
    'refund',
  ),
  balance: text.optional(),
  values: z.record(z.string(), scalar).optional(),
  text: bilingual,
}).meta({ id: 'Effect', description: 'A consequence that is not money' });

export const exemption = objectOf<Exemption>({
  id: text,
  when: condition,
  result: oneOf<Exemption['result']>()('waived', 'appeal'),
  text: bilingual,
});

const reversal = objectOf<Reversal>({
  id: text,
  when: condition.optional(),
  event: satisfyingEvent,
  by: clock,
  valid: list(validityTest).optional(),
  text: bilingual,
}).meta({ id: 'Reversal', description: 'An event that takes a miss back, with a limit of its own' });
export const reversals = list(reversal);

const hoursBefore = z.number().refine((hours) => hours >= 0, {
  error: 'a ladder step after its deadline',
  params: { mend: 'write hours before the deadline, 0 for the breach itself' },
});

export const ladder = list(objectOf<LadderSpec>({ hoursBefore }));

const appeal = objectOf<Appeal>({
  windowDays: wholeFrom(1).optional(),
  unit: oneOf<NonNullable<Appeal['unit']>>()('calendar-days', 'business-days').optional(),
  rounds: wholeFrom(1).optional(),
  secondWindowDays: wholeFrom(1).optional(),
  evidence: list(bilingual).optional(),
});

const presumption = objectOf<Presumption>({
  groupBy: oneOf<Presumption['groupBy']>()('spu', 'seller'),
  minCount: wholeFrom(1),
  minShare: decimalText,
  zone: zoneChoice,
});

type Violation = NonNullable<RuleVersion['violation']>;

export const versionMoment: z.ZodType<VersionMoment> = oneOf<VersionMoment>()(
  'placed',
  'paid',
  'confirmed',
  'released',
  'labelled',
  'shipment-confirmed',
  'must-arrive-by',
  'incident',
  'evaluated',
);

const version = objectOf<RuleVersion>({
  version: text,
  effective: objectOf<RuleVersion['effective']>({
    from: dateOrInstant.optional(),
    until: dateOrInstant.optional(),
    zone: zoneName.optional(),
    pickedBy: versionMoment,
  }),
  stage,
  sources: list(text),
  confidence,
  assumed: list(bilingual).optional(),
  when: condition.optional(),
  per: oneOf<NonNullable<RuleVersion['per']>>()('order', 'parcel').optional(),
  clock: clock.optional(),
  satisfiedBy: satisfaction.optional(),
  violation: objectOf<Violation>({
    kinds: list(text),
    presumption: presumption.optional(),
    uploadBefore: objectOf<NonNullable<Violation['uploadBefore']>>({ hours: z.number().min(0) }).optional(),
  }).optional(),
  penalty: penalty.optional(),
  effects: list(effect).optional(),
  exemptions: list(exemption).optional(),
  reversals: reversals.optional(),
  appeal: appeal.optional(),
  ladder: ladder.optional(),
  onCancel: oneOf<NonNullable<RuleVersion['onCancel']>>()('void', 'keep').optional(),
}).meta({ id: 'RuleVersion' });

export const rule = objectOf<Rule>({ id: text, title: bilingual, versions: list(version) }).meta({ id: 'Rule' });
