import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';

const QUIET_MS = 20_000;

/** Tells a screen reader that something changed, at most every twenty seconds. */
export function LiveRegion({ heard }: { heard: number }) {
  const { t } = useTranslation();
  const [told, setTold] = useState({ heard: 0, text: '' });
  useEffect(() => {
    const news = heard - told.heard;
    if (news <= 0) return undefined;
    const timer = setTimeout(() => setTold({ heard, text: t('changed', { count: news }) }), told.heard ? QUIET_MS : 0);
    return () => clearTimeout(timer);
  }, [heard, told.heard, t]);
  return (
    <p className="only-read" role="status" aria-live="polite">
      {told.text}
    </p>
  );
}
