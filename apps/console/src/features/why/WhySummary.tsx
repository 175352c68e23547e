import { useQuery } from '@tanstack/react-query';
import { decisionsQuery } from '../../api/tickets.js';
import { useTranslate } from '../../i18n/use-translate.js';
import { Notice } from '../../ui/Notice.js';
import { decisionSentences } from './decision-text.js';
import classes from './why.module.css';

/** "Why me?" in a few sentences, in the right pane; the whole account is behind the button at the assignee. */
export function WhySummary({ ticketId }: { ticketId: string }) {
  const t = useTranslate();
  const { data: decisions, error, refetch } = useQuery(decisionsQuery(ticketId));
  if (!decisions) return error ? <Notice error={error} onRetry={() => void refetch()} /> : null;
  const [latest] = decisions;
  if (!latest) return <p className={classes['quiet']}>{t('why.by_hand')}</p>;
  return (
    <div className={classes['summary']}>
      {decisionSentences(latest, t).map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
    </div>
  );
}
