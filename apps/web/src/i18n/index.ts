import i18next from 'i18next';
import type { FormatterModule } from 'i18next';
import { initReactI18next, useTranslation } from 'react-i18next';
import { number } from '../format/number.ts';
import { en } from './en.ts';
import { zh } from './zh.ts';

export type Language = 'en' | 'zh';
const REMEMBERED = 'fineline.language';

/** The language chosen before, else the browser's. */
function firstLanguage(): Language {
  const chosen = localStorage.getItem(REMEMBERED);
  if (chosen === 'en' || chosen === 'zh') return chosen;
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

/** Counts inside sentences are written as numbers are. */
const COUNTS: FormatterModule = {
  type: 'formatter',
  init: () => undefined,
  add: () => undefined,
  addCached: () => undefined,
  format: (value: unknown, _format, language) =>
    typeof value === 'number' ? number(value, language ?? 'en') : (value as string),
};

export function startTranslations(): void {
  void i18next
    .use(initReactI18next)
    .use(COUNTS)
    .init({
      lng: firstLanguage(),
      fallbackLng: 'en',
      resources: { en: { translation: en }, zh: { translation: zh } },
      interpolation: { escapeValue: false, alwaysFormat: true },
      returnNull: false,
    });
  describe(firstLanguage());
}

/** The language of the page, as bilingual texts of the API name it. */
export function useLanguage(): Language {
  return useTranslation().i18n.language === 'zh' ? 'zh' : 'en';
}

export function chooseLanguage(language: Language): void {
  localStorage.setItem(REMEMBERED, language);
  describe(language);
  void i18next.changeLanguage(language);
}

function describe(language: Language): void {
  document.documentElement.lang = language === 'zh' ? 'zh-Hans' : 'en';
}
