import { useQueryClient } from '@tanstack/react-query';
import { useLayoutEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { SignInForm } from './sign-in.tsx';

/** Lies over the page when its session has ended. What was filtered, selected and typed stays for whoever signs in again. */
export function SessionOver() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const dialog = useRef<HTMLDialogElement>(null);
  const show = (): void => {
    if (dialog.current && !dialog.current.open) dialog.current.showModal();
  };
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    // Closed rather than only taken away, it gives the focus back.
    return () => element?.close();
  }, []);
  return (
    // Escape closes a dialog, at the second press whatever we say: this one comes back.
    <dialog
      ref={dialog}
      className="dialog"
      aria-labelledby="over-title"
      onCancel={(event) => event.preventDefault()}
      onClose={show}
    >
      <h2 id="over-title">{t('over.title')}</h2>
      <p role="alert">{t('over.help')}</p>
      <SignInForm onSignedIn={() => void client.invalidateQueries()} />
    </dialog>
  );
}
