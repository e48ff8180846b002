import type { Me } from '#contracts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../format/use-format.ts';
import { serverNow } from '../live/clock.ts';
import { exampleEvents } from './example-events.ts';

/** An order, its label and a scan as commands to paste: the shortest way to see the page move. */
export function TryIt({ me }: { me: Me }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [now] = useState(() => serverNow());
  const events = exampleEvents(now, me);
  return (
    <div className="try-it">
      <h3>{t('try.title')}</h3>
      <p>
        {t('try.intro')} {t('try.note')}
      </p>
      {(['order', 'label', 'scan'] as const).map((step) => (
        <Snippet key={step} title={t(`try.${step}`)} text={curl(me.intakeUrl ?? location.origin, events[step])} />
      ))}
      <p className="quiet">{format.time(now)}</p>
    </div>
  );
}

function curl(origin: string, event: object): string {
  const body = JSON.stringify(event, null, 1).replaceAll("'", "'\\''");
  return `curl -sS ${origin}/v1/events \\
  -H "Authorization: Bearer $FINELINE_KEY" \\
  -H 'Content-Type: application/json' \\
  -d '${body}'`;
}

function Snippet({ title, text }: { title: string; text: string }) {
  const { t } = useTranslation();
  const [isCopied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
  };
  return (
    <section className="snippet">
      <header>
        <h4>{title}</h4>
        {/* Browsers have no clipboard for a page without TLS, but for that of this machine. */}
        {'clipboard' in navigator && (
          <button
            type="button"
            onClick={() => void copy()}
            aria-label={`${t(isCopied ? 'try.copied' : 'try.copy')}: ${title}`}
          >
            {t(isCopied ? 'try.copied' : 'try.copy')}
          </button>
        )}
      </header>
      <pre tabIndex={0}>{text}</pre>
    </section>
  );
}
