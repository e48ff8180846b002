import { useTranslation } from 'react-i18next';
import { ApiProblem } from '../api/client.ts';

/** What to tell a person about a failed call: our own words for known problems, else the server's. */
export function useProblemText(): (error: unknown) => string {
  const { t, i18n } = useTranslation();
  return (error) => {
    if (!(error instanceof ApiProblem)) return t('state.failed');
    const known = `problems.${error.code}`;
    const said = i18n.exists(known) ? t(known) : error.message || t('state.failed');
    const [first] = error.errors;
    return first ? `${said} ${first.pointer} ${first.detail}` : said;
  };
}

export function Loading({ page = false }: { page?: boolean }) {
  const { t } = useTranslation();
  const Tag = page ? 'main' : 'div';
  return (
    <Tag className={page ? 'state page' : 'state'} role={page ? undefined : 'status'}>
      <span className="spinner" aria-hidden="true" />
      {t('state.loading')}
    </Tag>
  );
}

export function Failure({ error, retry, page = false }: { error: unknown; retry: () => void; page?: boolean }) {
  const { t } = useTranslation();
  const problemText = useProblemText();
  const Tag = page ? 'main' : 'div';
  return (
    <Tag className={page ? 'state page' : 'state'}>
      <p role="alert">{problemText(error)}</p>
      <button type="button" onClick={retry}>
        {t('state.retry')}
      </button>
    </Tag>
  );
}

export function Empty({ text, help }: { text: string; help?: string }) {
  return (
    <div className="state">
      <p>{text}</p>
      {help && <p className="quiet">{help}</p>}
    </div>
  );
}
