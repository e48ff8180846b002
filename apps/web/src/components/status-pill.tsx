import { useTranslation } from 'react-i18next';

/** A status in words; colour only repeats what the word says. */
export function StatusPill({ status }: { status: string }) {
  const { t } = useTranslation();
  return <span className={`pill ${status}`}>{t(`status.${status}`)}</span>;
}
