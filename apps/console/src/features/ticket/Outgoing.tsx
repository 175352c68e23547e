import { Button } from '@mantine/core';
import { useSession } from '../../api/session.js';
import { problemText } from '../../i18n/problem-text.js';
import { useNow } from '../../i18n/use-time.js';
import { useTranslate } from '../../i18n/use-translate.js';
import { KeyTip } from '../../ui/KeyTip.js';
import { Initials } from '../../ui/Marks.js';
import { errorOf, send, takeBack, type OutgoingMessage } from '../composer/outbox.js';
import classes from './thread.module.css';

/** A message that has not been confirmed yet, standing where it will stand, and saying how far it is. */
export function Outgoing({ message }: { message: OutgoingMessage }) {
  const t = useTranslate();
  const { person } = useSession();
  const direction = message.mode === 'reply' ? 'outbound' : 'note';
  return (
    <article className={classes['message']} data-direction={direction} data-outgoing={message.state}>
      <header className={classes['messageHead']}>
        <Initials name={person.name} size={26} />
        <span className={classes['author']}>{t('ticket.me_named', { name: person.name })}</span>
        <span className={classes['label']} data-direction={direction}>
          {t(`direction.${direction}`)}
        </span>
      </header>
      <div className={classes['bubble']}>
        <p className={classes['text']}>{message.text}</p>
        {message.uploads.length > 0 && (
          <p className={classes['fileSize']}>{message.uploads.map(({ name }) => name).join(', ')}</p>
        )}
      </div>
      <Progress message={message} />
    </article>
  );
}

function Progress({ message }: { message: OutgoingMessage }) {
  const t = useTranslate();
  switch (message.state) {
    case 'held':
      return <Held message={message} />;
    case 'sending':
    case 'sent':
      return (
        <p className={classes['delivery']} role="status">
          {t('outgoing.sending')}
        </p>
      );
    case 'failed':
      return <Failed message={message} />;
  }
}

function Held({ message }: { message: OutgoingMessage }) {
  const t = useTranslate();
  const now = useNow('second');
  const seconds = Math.max(0, Math.ceil((message.sendAt - now) / 1000));
  const { setStatus } = message;
  return (
    <div className={classes['held']} role="status">
      <span>
        {t('outgoing.held', { seconds })}
        {setStatus && ` · ${t('outgoing.then_status', { status: t(`status.${setStatus}`) })}`}
      </span>
      <KeyTip label={t('key.undo')} shortcut="undo">
        <Button size="compact-xs" variant="default" onClick={() => giveBack(message)}>
          {t('outgoing.undo')}
        </Button>
      </KeyTip>
      <Button size="compact-xs" variant="subtle" onClick={() => void send(message.key)}>
        {t('outgoing.now')}
      </Button>
    </div>
  );
}

function Failed({ message }: { message: OutgoingMessage }) {
  const t = useTranslate();
  return (
    <div className={classes['deliveryFailed']} role="alert">
      <div className={classes['deliveryWhy']}>
        <strong>{t('outgoing.failed')}</strong>
        <span>{problemText(errorOf(message.key), t)}</span>
      </div>
      <Button size="compact-xs" variant="default" onClick={() => giveBack(message)}>
        {t('outgoing.edit')}
      </Button>
      <Button size="compact-xs" onClick={() => void send(message.key)}>
        {t('action.try_again')}
      </Button>
    </div>
  );
}

/** Out of the box and back into the composer, which listens; see `Composer`. */
function giveBack({ key }: OutgoingMessage): void {
  const message = takeBack(key);
  if (message) window.dispatchEvent(new CustomEvent('tributary:restore', { detail: message }));
}
