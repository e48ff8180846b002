import { useTranslation } from 'react-i18next';
import { chooseLanguage } from '../i18n/index.ts';

const NAMES = { en: 'English', zh: '中文' } as const;

export function LanguageSwitch() {
  const { t, i18n } = useTranslation();
  return (
    <div className="segments" role="group" aria-label={t('language')}>
      {(['en', 'zh'] as const).map((language) => (
        <button
          key={language}
          type="button"
          lang={language === 'zh' ? 'zh-Hans' : 'en'}
          aria-pressed={i18n.language === language}
          onClick={() => chooseLanguage(language)}
        >
          {NAMES[language]}
        </button>
      ))}
    </div>
  );
}
