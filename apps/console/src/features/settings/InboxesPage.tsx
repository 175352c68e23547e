import { Button, Menu } from '@mantine/core';
import { IconMailbox, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ChannelView, InboxView } from '@tributary/contracts';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { inboxesQuery } from '../../api/admin.js';
import { channelsQuery } from '../../api/tickets.js';
import { useTranslate } from '../../i18n/use-translate.js';
import { Empty } from '../../ui/Empty.js';
import { ChannelIcon } from '../../ui/Marks.js';
import { useChannelTexts } from './channel-texts.js';
import { InboxCard } from './InboxCard.js';
import { InboxForm } from './InboxForm.js';
import { Listing } from './Listing.js';
import { Page } from './Page.js';
import classes from './settings.module.css';

interface Edited {
  readonly channel: ChannelView;
  readonly inbox: InboxView | null;
}

export function InboxesPage() {
  const t = useTranslate();
  const inboxes = useQuery(inboxesQuery);
  const { data: channels } = useQuery(channelsQuery);
  const [edited, setEdited] = useState<Edited | null>(null);
  const navigate = useNavigate();
  const edit = (inbox: InboxView): void => {
    const channel = channels?.find((each) => each.channel === inbox.channel);
    if (channel) setEdited({ channel, inbox });
  };
  return (
    <Page
      title={t('settings.inboxes')}
      purpose={t('inboxes.purpose')}
      action={<AddInbox channels={channels ?? []} onAdd={(channel) => setEdited({ channel, inbox: null })} />}
    >
      <Listing
        query={inboxes}
        empty={
          <Empty icon={IconMailbox} title={t('inboxes.empty')}>
            {t('inboxes.empty_help')}
          </Empty>
        }
      >
        {(inbox) => <InboxCard key={inbox.id} inbox={inbox} onEdit={() => edit(inbox)} />}
      </Listing>
      {edited && (
        <InboxForm
          key={edited.inbox?.id ?? edited.channel.channel}
          channel={edited.channel}
          inbox={edited.inbox}
          onClose={() => setEdited(null)}
          onSaved={({ id }) => {
            // What is still to be done at the provider stands on its page.
            if (!edited.inbox) void navigate({ to: '/settings/inboxes/$inboxId', params: { inboxId: id } });
          }}
        />
      )}
    </Page>
  );
}

function AddInbox(props: { channels: readonly ChannelView[]; onAdd: (channel: ChannelView) => void }) {
  const t = useTranslate();
  const texts = useChannelTexts();
  return (
    <Menu position="bottom-end" width={320}>
      <Menu.Target>
        <Button leftSection={<IconPlus size={15} />} disabled={props.channels.length === 0}>
          {t('inboxes.add')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {props.channels.map((channel) => (
          <Menu.Item key={channel.channel} onClick={() => props.onAdd(channel)}>
            <div className={classes['menuTitle']}>
              <ChannelIcon channel={channel.channel} size={16} />
              {texts.title(channel)}
            </div>
            <div className={classes['menuHelp']}>{texts.description(channel)}</div>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
