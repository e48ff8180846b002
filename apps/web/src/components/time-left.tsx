import { useTranslation } from 'react-i18next';
import { useFormat } from '../format/use-format.ts';
import { useNow } from '../live/clock.ts';

const URGENT_MS = 4 * 3_600_000;
const SOON_MS = 12 * 3_600_000;

/** Counts down to an instant by the server's clock; past it, says how late. */
export function TimeLeft({ at }: { at: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const left = Date.parse(at) - useNow();
  const urgency = left < 0 ? 'late' : left < URGENT_MS ? 'urgent' : left < SOON_MS ? 'soon' : 'calm';
  const text = left < 0 ? t('queue.late', { time: format.duration(left) }) : format.countdown(left);
  return (
    <span className={`time-left ${urgency}`} role="timer" aria-live="off">
      {text}
    </span>
  );
}
