import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

const QUIET_MS = 20_000;

/** Tells a screen reader that something changed, at most every twenty seconds. */
export function LiveRegion({ heard }: { heard: number }) {
  const { t } = useTranslation();
  const [told, setTold] = useState({ heard: 0, text: '' });
  const latest = useRef(heard);
  latest.current = heard;
  const isNews = heard > told.heard;
  useEffect(() => {
    if (!isNews) return undefined;
    const tell = (): void => {
      const text = t('changed', { count: latest.current - told.heard });
      setTold({ heard: latest.current, text });
    };
    const timer = setTimeout(tell, told.heard ? QUIET_MS : 0);
    return () => clearTimeout(timer);
  }, [isNews, told.heard, t]);
  return (
    <p className="only-read" role="status" aria-live="polite">
      {told.text}
    </p>
  );
}
