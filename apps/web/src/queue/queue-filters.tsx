import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { QueueQuery, View } from '../api/queries.ts';
import type { FilterChoices } from './use-filter-choices.ts';

const VIEWS: readonly View[] = ['escalations', 'open', 'missed'];
const TYPING_MS = 300;

interface QueueFiltersProps {
  query: QueueQuery;
  choices: FilterChoices;
  onChange: (part: Partial<QueueQuery>) => void;
  onClear: () => void;
}

export function isFiltered({ platform, warehouse, seller, currency, text }: QueueQuery): boolean {
  return [platform, warehouse, seller, currency, text].some((value) => value !== '');
}

export function QueueFilters({ query, choices, onChange, onClear }: QueueFiltersProps) {
  const { t } = useTranslation();
  return (
    <div className="filters" role="search">
      <div className="segments" role="group" aria-label={t('queue.view')}>
        {VIEWS.map((view) => (
          <button key={view} type="button" aria-pressed={query.view === view} onClick={() => onChange({ view })}>
            {t(`queue.views.${view}`)}
          </button>
        ))}
      </div>
      <label>
        <span>{t('queue.sort')}</span>
        <select value={query.sort} onChange={(event) => onChange({ sort: event.target.value as QueueQuery['sort'] })}>
          {(['expected', 'time-left'] as const).map((sort) => (
            <option key={sort} value={sort}>
              {t(`queue.sorts.${sort}`)}
            </option>
          ))}
        </select>
      </label>
      {(['platform', 'warehouse', 'seller', 'currency'] as const)
        .filter((field) => field !== 'currency' || choices.currency.length > 1 || query.currency !== '')
        .map((field) => (
          <label key={field}>
            <span>{t(`queue.${field}`)}</span>
            <select value={query[field]} onChange={(event) => onChange({ [field]: event.target.value })}>
              <option value="">{t('queue.all')}</option>
              {withChosen(choices[field], query[field]).map((choice) => (
                <option key={choice}>{choice}</option>
              ))}
            </select>
          </label>
        ))}
      <SearchBox text={query.text} onText={(text) => onChange({ text })} />
      {isFiltered(query) && (
        <button type="button" className="plain" onClick={onClear}>
          {t('queue.clear')}
        </button>
      )}
    </div>
  );
}

/** What is filtered by stays to be seen when nothing of it is open any more. */
function withChosen(choices: readonly string[], chosen: string): readonly string[] {
  return chosen === '' || choices.includes(chosen) ? choices : [...choices, chosen];
}

/** Asks once the typing pauses. */
function SearchBox({ text, onText }: { text: string; onText: (text: string) => void }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState(text);
  useEffect(() => setTyped(text), [text]);
  useEffect(() => {
    if (typed.trim() === text) return undefined;
    const timer = setTimeout(() => onText(typed.trim()), TYPING_MS);
    return () => clearTimeout(timer);
  }, [typed, text, onText]);
  return (
    <label className="search">
      <span className="only-read">{t('queue.search')}</span>
      <input
        type="search"
        value={typed}
        placeholder={t('queue.search')}
        onChange={(event) => setTyped(event.target.value)}
      />
    </label>
  );
}
