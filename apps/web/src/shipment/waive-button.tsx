import type { DeadlineDetail } from '#contracts';
import { useMutation } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { command } from '../api/client.ts';
import { useProblemText } from '../components/states.tsx';
import { useLanguage } from '../i18n/index.ts';

/** Operations may waive an order under a rule; the reason is kept. */
export function WaiveButton({ deadline }: { deadline: DeadlineDetail }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const problemText = useProblemText();
  const [isAsking, setAsking] = useState(false);
  const [reason, setReason] = useState('');
  const { orderId, ruleId, title } = deadline;
  const waive = useMutation({
    mutationFn: () => command('/v1/deadlines/waive', { orderId, ruleId, reason: reason.trim() }),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (reason.trim()) waive.mutate();
  };
  if (waive.isSuccess) return <p role="status">{t('action.waived')}</p>;
  if (!isAsking) {
    return (
      <button type="button" className="plain" onClick={() => setAsking(true)}>
        {t('action.waive')}
      </button>
    );
  }
  const rule = title[language];
  return (
    <form className="inline-form" onSubmit={submit} aria-label={t('action.waiveTitle', { rule, order: orderId })}>
      <label>
        {t('action.reason')}
        <input required autoFocus maxLength={500} value={reason} onChange={(event) => setReason(event.target.value)} />
      </label>
      <button type="submit" className="primary" disabled={waive.isPending}>
        {t('action.waive').replace('…', '')}
      </button>
      <button type="button" onClick={() => setAsking(false)}>
        {t('action.cancel')}
      </button>
      {waive.error && (
        <p className="problem" role="alert">
          {problemText(waive.error)}
        </p>
      )}
    </form>
  );
}
