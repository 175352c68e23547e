import { Button } from '@mantine/core';
import { IconAlertTriangle, IconArrowDownLeft, IconArrowUpRight } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { InboxView } from '@tributary/contracts';
import type { ReactNode } from 'react';
import { channelName } from '../../i18n/channel-name.js';
import { useTranslate } from '../../i18n/use-translate.js';
import { Ago } from '../../ui/Ago.js';
import { ChannelIcon } from '../../ui/Marks.js';
import { InboxAddress } from './InboxAddress.js';
import { InboxSwitch } from './InboxSwitch.js';
import classes from './settings.module.css';

/** One inbox: whether it runs, what to hand to customers, and how it is doing. */
export function InboxCard({ inbox, onEdit }: { inbox: InboxView; onEdit: () => void }) {
  const t = useTranslate();
  return (
    <li className={classes['card']}>
      <div className={classes['cardHead']}>
        <ChannelIcon channel={inbox.channel} size={18} />
        <Link
          to="/settings/inboxes/$inboxId"
          params={{ inboxId: inbox.id }}
          className={classes['itemName']}
          preload="intent"
        >
          {inbox.name}
        </Link>
        <span className={classes['itemDetail']}>{channelName(inbox.channel, t)}</span>
        <InboxSwitch inbox={inbox} />
        <Button
          variant="default"
          size="compact-sm"
          aria-label={t('inboxes.edit_named', { name: inbox.name })}
          onClick={onEdit}
        >
          {t('inboxes.edit')}
        </Button>
      </div>
      <InboxAddress inbox={inbox} />
      <Health inbox={inbox} />
    </li>
  );
}

function Health({ inbox: { health } }: { inbox: InboxView }) {
  const t = useTranslate();
  return (
    <div className={classes['health']}>
      <Passed
        icon={<IconArrowDownLeft size={14} aria-hidden />}
        label={t('inboxes.last_in')}
        at={health.lastInboundAt}
      />
      <Passed
        icon={<IconArrowUpRight size={14} aria-hidden />}
        label={t('inboxes.last_out')}
        at={health.lastOutboundAt}
      />
      {health.lastError && (
        <p className={classes['healthFault']}>
          <IconAlertTriangle size={14} aria-hidden />
          <span>
            {health.lastError} {health.lastErrorAt && <Ago at={health.lastErrorAt} />}
          </span>
        </p>
      )}
    </div>
  );
}

function Passed(props: { icon: ReactNode; label: string; at: string | null }) {
  const t = useTranslate();
  return (
    <span className={classes['passed']}>
      {props.icon}
      {props.label} {props.at ? <Ago at={props.at} /> : t('inboxes.never')}
    </span>
  );
}
