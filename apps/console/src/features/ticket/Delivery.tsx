import { Button } from '@mantine/core';
import { IconAlertCircle, IconCheck, IconChecks, IconClock, IconEye, type Icon } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import type { MessageItem } from '@tributary/contracts';
import { queryClient } from '../../api/query-client.js';
import { retryMessage, ticketKey } from '../../api/tickets.js';
import { showProblem } from '../../app/show-problem.js';
import { useNow, useTime } from '../../i18n/use-time.js';
import { useTranslate } from '../../i18n/use-translate.js';
import classes from './thread.module.css';

type DeliveryView = NonNullable<MessageItem['delivery']>;

const SIGNS: Readonly<Record<DeliveryView['state'], Icon>> = {
  queued: IconClock,
  sent: IconCheck,
  delivered: IconChecks,
  read: IconEye,
  failed: IconAlertCircle,
};

/** The true state of what we sent; a failure says why and offers a real retry. */
export function Delivery(props: { messageId: string; ticketId: string; delivery: DeliveryView }) {
  const { messageId, ticketId, delivery } = props;
  const t = useTranslate();
  const time = useTime();
  const now = useNow('minute');
  const Sign = SIGNS[delivery.state];
  const retry = useMutation({
    mutationFn: () => retryMessage(messageId),
    onError: (error) => showProblem(error, t, t('delivery.not_retried')),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ticketKey(ticketId) }),
  });
  if (delivery.state === 'queued' && delivery.errorCode !== null) {
    const reason = delivery.errorCode === 'bad_credentials' ? 'bad_credentials' : 'unavailable';
    return (
      <p className={classes['delivery']} data-waits title={delivery.errorDetail ?? undefined} role="status">
        <Sign size={14} stroke={1.8} aria-hidden />
        {t('delivery.waits', { reason: t(`delivery.waits_${reason}`) })}
      </p>
    );
  }
  if (delivery.state !== 'failed') {
    return (
      <p className={classes['delivery']} title={time.exact(delivery.at)}>
        <Sign size={14} stroke={1.8} aria-hidden />
        {t(`delivery.${delivery.state}`)}
        {delivery.attempt > 1 && ` · ${t('delivery.attempt', { attempt: delivery.attempt })}`}
      </p>
    );
  }
  return (
    <div className={classes['deliveryFailed']} role="alert">
      <Sign size={15} stroke={1.8} aria-hidden />
      <div className={classes['deliveryWhy']}>
        <strong>
          {t('delivery.failed', { attempt: delivery.attempt, at: time.moment(delivery.at, now) })}
        </strong>
        <span>{delivery.errorDetail ?? delivery.errorCode ?? t('delivery.no_reason')}</span>
      </div>
      <Button size="compact-xs" variant="default" loading={retry.isPending} onClick={() => retry.mutate()}>
        {t('delivery.retry')}
      </Button>
    </div>
  );
}
