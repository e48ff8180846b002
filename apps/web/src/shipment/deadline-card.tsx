import type { DeadlineDetail, Me } from '#contracts';
import { useTranslation } from 'react-i18next';
import { StatusPill } from '../components/status-pill.tsx';
import { TimeLeft } from '../components/time-left.tsx';
import { useFormat } from '../format/use-format.ts';
import { Provenance } from './provenance.tsx';
import { WaiveButton } from './waive-button.tsx';
import { useLanguage } from '../i18n/index.ts';

interface DeadlineCardProps {
  deadline: DeadlineDetail;
  me: Me;
  startsOpen: boolean;
}

export function DeadlineCard({ deadline, me, startsOpen }: DeadlineCardProps) {
  const { t } = useTranslation();
  const language = useLanguage();
  const isDue = deadline.status === 'open' || deadline.fine.amountMinor > 0;
  const canWaive = me.role === 'ops' && me.canWrite && (deadline.status === 'open' || deadline.status === 'missed');
  return (
    <article className={`deadline ${deadline.status}`}>
      <header>
        <h4>{deadline.title[language]}</h4>
        <StatusPill status={deadline.status} />
        {deadline.status === 'open' && <TimeLeft at={deadline.dueAt} />}
      </header>
      <Clocks deadline={deadline} />
      {isDue && <Fine deadline={deadline} />}
      <details open={startsOpen}>
        <summary>{t('shipment.why')}</summary>
        <ol className="explanation">
          {deadline.explanation[language].map((line, index) => (
            <li key={index}>{line}</li>
          ))}
        </ol>
        <Provenance deadline={deadline} />
      </details>
      {canWaive && <WaiveButton deadline={deadline} />}
    </article>
  );
}

function Clocks({ deadline }: { deadline: DeadlineDetail }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { computedDueAt, platformDueAt, governedBy, zone, dueAt, differenceMs } = deadline;
  const clocks: [string, string | null, boolean][] = [
    [t('shipment.ourClock'), computedDueAt, governedBy === 'rule'],
    [t('shipment.platformClock'), platformDueAt, governedBy === 'platform'],
    [t('shipment.waiverClock'), governedBy === 'waiver' ? dueAt : null, true],
  ];
  const shown = clocks.filter(([, at]) => at !== null);
  return (
    <>
      <dl className="clocks">
        {(shown.length > 0 ? shown : [[t('shipment.ourClock'), dueAt, true] as const]).map(([label, at, governs]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>
              {format.time(at as string, zone)}
              {governs && shown.length > 1 && <span className="pill governs">{t('shipment.governs')}</span>}
            </dd>
          </div>
        ))}
      </dl>
      {differenceMs !== null && (
        <p className={differenceMs === 0 ? 'quiet' : 'warning'}>
          {differenceMs === 0 ? t('shipment.agrees') : t('shipment.differs', { time: format.duration(differenceMs) })}
        </p>
      )}
    </>
  );
}

function Fine({ deadline }: { deadline: DeadlineDetail }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const format = useFormat();
  const { fine, zone } = deadline;
  const isOpen = deadline.status === 'open';
  const percent = format.percent(fine.chance);
  return (
    <div className="fine">
      <dl>
        <div>
          <dt>{t(isOpen ? 'shipment.fineNow' : 'shipment.fine')}</dt>
          <dd>{format.money(fine.amountMinor, fine.currency)}</dd>
        </div>
        {isOpen && (
          <div>
            <dt>{t('shipment.expected')}</dt>
            <dd>
              {format.money(fine.expectedMinor, fine.currency)} <small>{t('shipment.chance', { percent })}</small>
            </dd>
          </div>
        )}
      </dl>
      {fine.formula[language] && <p className="formula">{fine.formula[language]}</p>}
      {fine.gate && (
        <p className="warning">
          {t('shipment.gate', {
            metric: fine.gate.metric,
            limit: format.limit(fine.gate.comparison, fine.gate.threshold),
            rate: fine.gate.rate === null ? t('shipment.unknownRate') : format.percent(fine.gate.rate),
          })}
        </p>
      )}
      {fine.milestones.length > 0 && (
        <table>
          <caption>{t('shipment.milestones')}</caption>
          <tbody>
            {fine.milestones.map(({ at, amountMinor }) => (
              <tr key={at}>
                <th scope="row">{format.time(at, zone)}</th>
                <td>{format.money(amountMinor, fine.currency)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}
