import { faultText } from '#fault-texts';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiProblem } from '../api/client.ts';
import { useLanguage } from '../i18n/index.ts';

/** What to tell a person about a failed call: our own words by its code, and the first value that is wrong. */
export function useProblemText(): (error: unknown) => string {
  const { t, i18n } = useTranslation();
  const language = useLanguage();
  const nameOf = (pointer: string): string => {
    const field = `field.${pointer.slice(1)}`;
    return i18n.exists(field) ? t(field) : pointer;
  };
  return (error) => {
    if (!(error instanceof ApiProblem)) return t('state.failed');
    const { status, code, errors, message } = error;
    const known = `problems.${code}`;
    const said = i18n.exists(known) ? t(known) : t(status === 503 ? 'problems.busy' : 'problems.other', { code });
    const [first] = errors;
    if (first) return `${said} ${t('problems.at', { field: nameOf(first.pointer), what: faultText(first, language) })}`;
    return i18n.exists(known) || language === 'zh' ? said : message || said;
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

interface ReadProps<Data extends readonly unknown[]> {
  queries: { [Index in keyof Data]: UseQueryResult<Data[Index]> };
  children: (...data: Data) => ReactNode;
}

/** What was read. A failure stands above what was read before it, or alone where nothing was. */
export function Read<Data extends readonly unknown[]>({ queries, children }: ReadProps<Data>) {
  if (queries.some(({ isPending }) => isPending)) return <Loading />;
  const failed = queries.find(({ isError }) => isError);
  const data = queries.map((query) => query.data);
  return (
    <>
      {failed && <Failure error={failed.error} retry={() => void failed.refetch()} />}
      {data.every((each) => each !== undefined) && children(...(data as unknown as Data))}
    </>
  );
}
