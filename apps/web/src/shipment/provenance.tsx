import type { DeadlineDetail } from '#contracts';
import { useTranslation } from 'react-i18next';
import { useLanguage } from '../i18n/index.ts';

/** Where the rule comes from, how far that can be trusted, and what was assumed. */
export function Provenance({ deadline }: { deadline: DeadlineDetail }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { ruleId, ruleVersion, fine, sources, assumed, stage } = deadline;
  return (
    <div className="provenance">
      <p>
        <span className={`pill confidence ${fine.confidence}`}>{t(`shipment.confidence.${fine.confidence}`)}</span>{' '}
        {stage !== 'enforced' && <span className="pill">{t(`shipment.stage.${stage}`)}</span>}{' '}
        <span className="quiet">{t('shipment.version', { rule: ruleId, version: ruleVersion })}</span>
      </p>
      {sources.length > 0 && (
        <ul aria-label={t('shipment.sources')}>
          {sources.map(({ title, url, readOn, note }) => (
            <li key={title}>
              {url?.startsWith('https://') ? (
                <a href={url} target="_blank" rel="noreferrer noopener">
                  {title}
                </a>
              ) : (
                title
              )}{' '}
              <span className="quiet">({t('shipment.readOn', { date: readOn })})</span>
              {note && <span className="quiet"> {note}</span>}
            </li>
          ))}
        </ul>
      )}
      {assumed.length > 0 && (
        <>
          <p className="label">{t('shipment.assumed')}</p>
          <ul>
            {assumed.map((text) => (
              <li key={text.en}>{text[language]}</li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}
