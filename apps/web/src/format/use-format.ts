import { createContext, useContext, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { limit, money, percent, shortMoney } from './money.ts';
import { number } from './number.ts';
import type { Units } from './time.ts';
import { clockTime, countdown, duration, exactTime, hourOf } from './time.ts';

/** `rule`: each time in the zone of its own deadline; otherwise one IANA zone for all. */
export const ZoneChoice = createContext<string>('rule');

export interface Formats {
  language: string;
  money(amountMinor: number, currency: string): string;
  shortMoney(amountMinor: number, currency: string): string;
  /** `10,000`. */
  number(value: number): string;
  /** A decimal share, `0.1999` as `19.99%`. */
  percent(share: string | number | null): string;
  /** `≥ 4%`. */
  limit(comparison: '>' | '>=' | '<' | '<=', threshold: string): string;
  /** `zone` is the deadline's own, used unless the person chose another. */
  time(at: string | number, zone?: string | null): string;
  exact(at: string | number, zone?: string | null): string;
  hour(at: string | number, zone?: string | null): string;
  duration(ms: number): string;
  countdown(ms: number): string;
}

/** Numbers and times in the person's language and zone. */
export function useFormat(): Formats {
  const { t, i18n } = useTranslation();
  const choice = useContext(ZoneChoice);
  return useMemo(() => {
    const language = i18n.language === 'zh' ? 'zh-CN' : 'en-US';
    const units = t('unit', { returnObjects: true }) as Units;
    const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const zoneOf = (zone?: string | null): string => (choice === 'rule' ? (zone ?? own) : choice);
    return {
      language,
      money: (amount, currency) => money(amount, currency, language),
      shortMoney: (amount, currency) => shortMoney(amount, currency, language),
      number: (value) => number(value, language),
      percent: (share) => percent(share, language),
      limit: (comparison, threshold) => limit(comparison, threshold, language),
      time: (at, zone) => clockTime(at, zoneOf(zone), language),
      exact: (at, zone) => exactTime(at, zoneOf(zone), language),
      hour: (at, zone) => hourOf(at, zoneOf(zone), language),
      duration: (ms) => duration(ms, units),
      countdown: (ms) => countdown(ms, units),
    };
  }, [t, i18n.language, choice]);
}
