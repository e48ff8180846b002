import type { TimelineEntry } from '#contracts';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../format/use-format.ts';

/** What was reported, oldest first: when it happened, where, and how much later it arrived here. */
export function Timeline({ entries, zone }: { entries: readonly TimelineEntry[]; zone: string | null }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <ol className="timeline">
      {entries.map((entry) => {
        const name = nameOf(entry.type);
        const lateMs = Date.parse(entry.receivedAt ?? entry.recordedAt) - Date.parse(entry.occurredAt);
        const stage = name === 'parcel.scanned' ? text(entry.data['stage']) : undefined;
        return (
          <li key={`${entry.source} ${entry.eventId}`} className={name.replace('.', '-')}>
            <strong>{stage ? t(`stage.${stage}`) : t(`event.${name.replace('.', '-')}`)}</strong>
            <time dateTime={entry.occurredAt}>{format.exact(entry.occurredAt, entry.zone ?? zone)}</time>
            <span className="quiet">
              {lateMs >= 60_000
                ? t('shipment.arrived', { time: format.duration(lateMs) })
                : t('shipment.arrivedAtOnce')}
              {entry.trackingNumber && <span className="id"> · {entry.trackingNumber}</span>}
            </span>
            {text(entry.data['rawText']) && <span className="raw">“{text(entry.data['rawText'])}”</span>}
          </li>
        );
      })}
    </ol>
  );
}

function nameOf(type: string): string {
  return type.replace(/^com\.fineline\./, '').replace(/\.v1$/, '');
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
