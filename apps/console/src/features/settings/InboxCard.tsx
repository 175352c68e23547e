import { Button, Switch } from '@mantine/core';
import { IconAlertTriangle, IconArrowDownLeft, IconArrowUpRight } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import type { Channel, InboxView } from '@tributary/contracts';
import type { ReactNode } from 'react';
import { inboxesQuery, saveInbox } from '../../api/admin.js';
import { queryClient } from '../../api/query-client.js';
import { showProblem } from '../../app/show-problem.js';
import { channelName } from '../../i18n/channel-name.js';
import type { MessageId } from '../../i18n/message-ids.js';
import { useTranslate } from '../../i18n/use-translate.js';
import { Ago } from '../../ui/Ago.js';
import { ChannelIcon } from '../../ui/Marks.js';
import { CopyLine } from './CopyLine.js';
import classes from './settings.module.css';

/** One inbox: whether it runs, what to hand to customers, and how it is doing. */
export function InboxCard({ inbox, onEdit }: { inbox: InboxView; onEdit: () => void }) {
  const t = useTranslate();
  const turn = useMutation({
    mutationFn: (enabled: boolean) => saveInbox(inbox.id, { enabled }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: inboxesQuery.queryKey }),
    onError: (error) => showProblem(error, t, t('inboxes.not_changed', { name: inbox.name })),
  });
  return (
    <li className={classes['card']}>
      <div className={classes['cardHead']}>
        <ChannelIcon channel={inbox.channel} size={18} />
        <span className={classes['itemName']}>{inbox.name}</span>
        <span className={classes['itemDetail']}>{channelName(inbox.channel, t)}</span>
        <Switch
          size="sm"
          label={t(inbox.enabled ? 'inboxes.on' : 'inboxes.off')}
          checked={turn.isPending ? turn.variables : inbox.enabled}
          onChange={(event) => turn.mutate(event.currentTarget.checked)}
        />
        <Button
          variant="default"
          size="compact-sm"
          aria-label={t('inboxes.edit_named', { name: inbox.name })}
          onClick={onEdit}
        >
          {t('inboxes.edit')}
        </Button>
      </div>
      {inbox.publicAddress && (
        <>
          <CopyLine text={inbox.publicAddress} label={t('inboxes.address')} />
          <p className={classes['itemDetail']}>{t(addressHelp(inbox.channel))}</p>
          {inbox.channel === 'web_chat' && (
            <>
              <CopyLine text={chatSnippet(inbox.publicAddress, inbox.id)} label={t('inboxes.snippet')} />
              <p className={classes['itemDetail']}>{t('inboxes.snippet_help')}</p>
            </>
          )}
        </>
      )}
      <Health inbox={inbox} />
    </li>
  );
}

function chatSnippet(address: string, inboxId: string): string {
  return `<script src="${new URL('/chat.js', address).href}" data-inbox="${inboxId}" async></script>`;
}

function addressHelp(channel: Channel): MessageId {
  if (channel === 'email' || channel === 'web_form' || channel === 'web_chat')
    return `inboxes.address_${channel}`;
  return 'inboxes.address_provider';
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
