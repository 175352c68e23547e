import { UnstyledButton } from '@mantine/core';
import { useLingui } from '@lingui/react';
import { IconChevronRight } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { DecisionView } from '@tributary/contracts';
import { useState } from 'react';
import { decisionsQuery } from '../../api/tickets.js';
import { durationText } from '../../i18n/time-text.js';
import { useNow, useTime } from '../../i18n/use-time.js';
import { useTranslate } from '../../i18n/use-translate.js';
import { LateSkeleton } from '../../ui/LateSkeleton.js';
import { Notice } from '../../ui/Notice.js';
import { decisionSentences, filterText, requirementText } from './decision-text.js';
import classes from './why.module.css';

/** Every decision about the ticket: the latest in full, the earlier ones folded. */
export function Decisions({ ticketId }: { ticketId: string }) {
  const t = useTranslate();
  const { data: decisions, error, refetch } = useQuery(decisionsQuery(ticketId));
  if (!decisions) {
    return error ? (
      <Notice error={error} onRetry={() => void refetch()} />
    ) : (
      <LateSkeleton rows={3} label={t('why.loading')} />
    );
  }
  const [latest, ...earlier] = decisions;
  if (!latest) return <p className={classes['quiet']}>{t('why.by_hand')}</p>;
  return (
    <>
      <Decision decision={latest} />
      {earlier.length > 0 && (
        <h3 className={classes['head']}>{t('why.earlier', { count: earlier.length })}</h3>
      )}
      {earlier.map((decision) => (
        <FoldedDecision key={decision.id} decision={decision} />
      ))}
    </>
  );
}

function FoldedDecision({ decision }: { decision: DecisionView }) {
  const t = useTranslate();
  const time = useTime();
  const now = useNow('minute');
  const [open, setOpen] = useState(false);
  return (
    <div>
      <UnstyledButton className={classes['fold']} aria-expanded={open} onClick={() => setOpen(!open)}>
        <IconChevronRight size={14} aria-hidden />
        <span>{decisionSentences(decision, t)[0]}</span>
        <time dateTime={decision.at} title={time.exact(decision.at)}>
          {time.moment(decision.at, now)}
        </time>
      </UnstyledButton>
      {open && <Decision decision={decision} />}
    </div>
  );
}

export function Decision({ decision }: { decision: DecisionView }) {
  const t = useTranslate();
  const time = useTime();
  const now = useNow('minute');
  const [first, ...rest] = decisionSentences(decision, t);
  return (
    <div className={classes['decision']}>
      <p className={classes['outcome']}>
        {first}{' '}
        <time dateTime={decision.at} title={time.exact(decision.at)}>
          {time.moment(decision.at, now)}
        </time>
      </p>
      {rest.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
      <Explanation explained={decision} />
      <p className={classes['quiet']}>
        {t('why.foot', { version: decision.policyVersion, epoch: decision.epoch })}
      </p>
    </div>
  );
}

/** What was asked for, how many agents each filter left, and the best of them; also shown by the dry run. */
export function Explanation({
  explained,
}: {
  explained: Pick<DecisionView, 'requirements' | 'funnel' | 'best' | 'agent'>;
}) {
  const t = useTranslate();
  const { i18n } = useLingui();
  return (
    <>
      {explained.requirements.length > 0 && (
        <>
          <h3 className={classes['head']}>{t('why.requirements')}</h3>
          <ul className={classes['requirements']}>
            {explained.requirements.map(({ kind, text }) => (
              <li key={`${kind} ${text}`}>{requirementText({ kind, text }, t, i18n.locale)}</li>
            ))}
          </ul>
        </>
      )}
      {explained.funnel.length > 0 && <Funnel funnel={explained.funnel} />}
      {explained.best.length > 0 && <Best best={explained.best} chosenId={explained.agent?.id ?? null} />}
    </>
  );
}

function Funnel({ funnel }: Pick<DecisionView, 'funnel'>) {
  const t = useTranslate();
  const { i18n } = useLingui();
  const most = Math.max(1, ...funnel.map(({ left }) => left));
  return (
    <>
      <h3 className={classes['head']}>{t('why.funnel')}</h3>
      <ol className={classes['funnel']}>
        {funnel.map(({ filter, left }) => (
          <li key={filter}>
            <span>{filterText(filter, t, i18n.locale)}</span>
            <span className={classes['bar']} aria-hidden>
              <span style={{ width: `${(left / most) * 100}%` }} />
            </span>
            <span className={classes['left']}>{i18n.number(left)}</span>
          </li>
        ))}
      </ol>
    </>
  );
}

function Best({ best, chosenId }: { best: DecisionView['best']; chosenId: string | null }) {
  const t = useTranslate();
  return (
    <table className={classes['best']}>
      <caption className={classes['head']}>{t('why.best')}</caption>
      <thead>
        <tr>
          <th scope="col">{t('why.agent')}</th>
          <th scope="col">{t('why.idle')}</th>
          <th scope="col">{t('why.free')}</th>
        </tr>
      </thead>
      <tbody>
        {best.map(({ agentId, name, idleSeconds, freeUnits }) => (
          <tr key={agentId} data-chosen={agentId === chosenId || undefined}>
            <td>{agentId === chosenId ? t('why.chosen', { name }) : name}</td>
            <td>{durationText(idleSeconds, t)}</td>
            <td>{freeUnits}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
