import { Button } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { Channel, InboxHealthView, InboxView } from '@tributary/contracts';
import { useState } from 'react';
import type { MessageId } from '../../i18n/message-ids.js';
import { useTranslate } from '../../i18n/use-translate.js';
import { Ago } from '../../ui/Ago.js';
import classes from './settings.module.css';

/** Since when the next message is waited for; what came before proves nothing. */
type Waiting = { readonly since: string | null };

/** Waits for a message and says when it is here: the whole way in, from the provider to a ticket. */
export function InboxTrial({ inbox, health }: { inbox: InboxView; health: InboxHealthView }) {
  const t = useTranslate();
  // A new inbox waits by itself; one that works, when somebody asks.
  const [waiting, setWaiting] = useState<Waiting | null>(
    health.lastInboundAt === null ? { since: null } : null,
  );
  if (!waiting) {
    return (
      <div className={classes['trial']}>
        <span className={classes['trialText']}>{t('trial.offer')}</span>
        <Button
          size="compact-sm"
          variant="default"
          onClick={() => setWaiting({ since: health.lastInboundAt })}
        >
          {t('trial.begin')}
        </Button>
      </div>
    );
  }
  const hasCome = health.lastInboundAt !== null && health.lastInboundAt !== waiting.since;
  if (hasCome) return <Arrived health={health} onAgain={() => setWaiting({ since: health.lastInboundAt })} />;
  const { lastDay } = health;
  return (
    <div className={classes['trial']} data-state="waiting" role="status">
      <span className={classes['pulse']} aria-hidden />
      <div className={classes['trialText']}>
        <strong>{t(waiting.since === null ? 'trial.waiting_first' : 'trial.waiting')}</strong>
        <span>{t(howToWrite(inbox))}</span>
        {lastDay.refusedAt && (
          <span className={classes['trialRefused']}>
            <IconAlertTriangle size={14} aria-hidden />
            {t('trial.refused', { count: lastDay.refused, code: lastDay.refusedReason ?? '' })}{' '}
            <Ago at={lastDay.refusedAt} />
          </span>
        )}
      </div>
      <OpenAddress inbox={inbox} />
    </div>
  );
}

function Arrived({ health, onAgain }: { health: InboxHealthView; onAgain: () => void }) {
  const t = useTranslate();
  const { latestTicket: ticket } = health;
  return (
    <div className={classes['trial']} data-state="arrived" role="status">
      <IconCircleCheck size={20} aria-hidden />
      <div className={classes['trialText']}>
        <strong>{t('trial.arrived')}</strong>
        <span>{t('trial.answer_it')}</span>
      </div>
      {ticket && (
        <Button
          size="compact-sm"
          renderRoot={(props) => (
            <Link {...props} to="/tickets/$view/$ticketId" params={{ view: 'all', ticketId: ticket.id }} />
          )}
        >
          {t('trial.open', { number: ticket.number })}
        </Button>
      )}
      <Button size="compact-sm" variant="default" onClick={onAgain}>
        {t('trial.again')}
      </Button>
    </div>
  );
}

/** Where the message can be written from here. */
function OpenAddress({ inbox: { channel, publicAddress } }: { inbox: InboxView }) {
  const t = useTranslate();
  if (publicAddress === null || !isOpenable(channel)) return null;
  const href = channel === 'email' ? `mailto:${publicAddress}` : publicAddress;
  return (
    <Button component="a" href={href} target="_blank" rel="noreferrer" size="compact-sm">
      {t(`trial.write_${channel}`)}
    </Button>
  );
}

/** Whether a browser can open the address. */
function isOpenable(channel: Channel): channel is 'web_form' | 'email' | 'web_chat' {
  return channel === 'web_form' || channel === 'email' || channel === 'web_chat';
}

const HOW: Readonly<Partial<Record<Channel, MessageId>>> = {
  web_form: 'trial.how_web_form',
  email: 'trial.how_email',
  web_chat: 'trial.how_web_chat',
  app: 'trial.how_app',
  api: 'trial.how_api',
  voice: 'trial.how_voice',
};

function howToWrite({ channel, enabled }: InboxView): MessageId {
  return enabled ? (HOW[channel] ?? 'trial.how_provider') : 'trial.switched_off';
}
