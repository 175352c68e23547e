import { Button } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import type { ChannelView, InboxView } from '@tributary/contracts';
import { useState } from 'react';
import { inboxesQuery, inboxHealthQuery } from '../../api/admin.js';
import { channelsQuery } from '../../api/tickets.js';
import { channelName } from '../../i18n/channel-name.js';
import { useTranslate } from '../../i18n/use-translate.js';
import { LateSkeleton } from '../../ui/LateSkeleton.js';
import { ChannelIcon } from '../../ui/Marks.js';
import { Notice } from '../../ui/Notice.js';
import { InboxForm } from './InboxForm.js';
import { InboxHealth } from './InboxHealth.js';
import { InboxSetUp } from './InboxSetUp.js';
import { InboxSwitch } from './InboxSwitch.js';
import { InboxTrial } from './InboxTrial.js';
import { Page } from './Page.js';
import classes from './settings.module.css';

/** One inbox: what to do at the provider, whether it works, and how it is doing, as it happens. */
export function InboxPage() {
  const t = useTranslate();
  const { inboxId } = useParams({ from: '/frame/settings/inboxes/$inboxId' });
  const inboxes = useQuery(inboxesQuery);
  const { data: channels } = useQuery(channelsQuery);
  const inbox = inboxes.data?.find(({ id }) => id === inboxId);
  const channel = channels?.find((each) => each.channel === inbox?.channel);
  if (!inbox || !channel) {
    return (
      <Page title={t('settings.inboxes')} purpose={t('inboxes.purpose')}>
        <Back />
        {inboxes.isError && <Notice error={inboxes.error} onRetry={() => void inboxes.refetch()} />}
        {inboxes.data && channels ? (
          <p>{t('inbox.gone')}</p>
        ) : (
          <LateSkeleton rows={4} label={t('settings.loading')} />
        )}
      </Page>
    );
  }
  return <Opened key={inbox.id} inbox={inbox} channel={channel} />;
}

function Opened({ inbox, channel }: { inbox: InboxView; channel: ChannelView }) {
  const t = useTranslate();
  const health = useQuery(inboxHealthQuery(inbox.id));
  const [editing, setEditing] = useState(false);
  return (
    <div className={classes['sheet']}>
      <Back />
      <header className={classes['inboxHead']}>
        <ChannelIcon channel={inbox.channel} size={22} />
        <div className={classes['inboxNames']}>
          <h1>{inbox.name}</h1>
          <p>{channelName(inbox.channel, t)}</p>
        </div>
        <InboxSwitch inbox={inbox} />
        <Button variant="default" onClick={() => setEditing(true)}>
          {t('inboxes.edit')}
        </Button>
      </header>
      {health.isError && <Notice error={health.error} onRetry={() => void health.refetch()} />}
      {health.data && <InboxTrial inbox={inbox} health={health.data} />}
      <InboxSetUp inbox={inbox} isNew={health.data?.lastInboundAt === null} />
      {health.data && <InboxHealth inboxId={inbox.id} health={health.data} />}
      {editing && <InboxForm channel={channel} inbox={inbox} onClose={() => setEditing(false)} />}
    </div>
  );
}

function Back() {
  const t = useTranslate();
  return (
    <Link to="/settings/inboxes" className={classes['back']}>
      <IconArrowLeft size={15} aria-hidden />
      {t('settings.inboxes')}
    </Link>
  );
}
