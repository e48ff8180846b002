import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
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

export function startTranslations(): void {
  void i18next.use(initReactI18next).init({
    lng: firstLanguage(),
    fallbackLng: 'en',
    resources: { en: { translation: en }, zh: { translation: zh } },
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  describe(firstLanguage());
}

export function chooseLanguage(language: Language): void {
  localStorage.setItem(REMEMBERED, language);
  describe(language);
  void i18next.changeLanguage(language);
}

function describe(language: Language): void {
  document.documentElement.lang = language === 'zh' ? 'zh-Hans' : 'en';
}
