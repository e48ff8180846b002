import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { command } from './api/client.ts';
import { LanguageSwitch } from './components/language-switch.tsx';
import { Mark } from './components/mark.tsx';
import { useProblemText } from './components/states.tsx';

interface SignInProps {
  /** Why a key from the address was refused. */
  refusal?: unknown;
  onSignedIn: () => void;
}

export function SignIn({ refusal, onSignedIn }: SignInProps) {
  const { t } = useTranslation();
  return (
    <main className="sign-in">
      <div className="sign-in-card">
        <div className="brand">
          <Mark />
          <h1>{t('brand')}</h1>
          <LanguageSwitch />
        </div>
        <p className="tagline">{t('tagline')}</p>
        <h2>{t('signInTitle')}</h2>
        <SignInForm refusal={refusal} onSignedIn={onSignedIn} />
      </div>
    </main>
  );
}

/** Exchanges a key for a session. */
export function SignInForm({ refusal, onSignedIn }: SignInProps) {
  const { t } = useTranslation();
  const problemText = useProblemText();
  const [key, setKey] = useState('');
  const signIn = useMutation({
    mutationFn: () => command('/v1/session', { key: key.trim() }),
    onSuccess: onSignedIn,
  });
  const problem = signIn.isIdle ? refusal : signIn.error;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (key.trim()) signIn.mutate();
  };
  return (
    <form onSubmit={submit}>
      <label htmlFor="key">{t('key')}</label>
      <input
        id="key"
        type="password"
        autoComplete="current-password"
        spellCheck={false}
        required
        autoFocus
        value={key}
        aria-describedby="key-help"
        onChange={(event) => setKey(event.target.value)}
      />
      <p id="key-help" className="quiet">
        {t('signInHelp')}
      </p>
      <button className="primary" type="submit" disabled={signIn.isPending}>
        {signIn.isPending ? t('signingIn') : t('signIn')}
      </button>
      <p className="problem" role="alert">
        {problem ? problemText(problem) : ''}
      </p>
    </form>
  );
}
