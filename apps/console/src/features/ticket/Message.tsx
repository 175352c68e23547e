import { UnstyledButton } from '@mantine/core';
import { IconDots, IconFileCode } from '@tabler/icons-react';
import type { MessageItem, TicketDetail } from '@tributary/contracts';
import { useState } from 'react';
import { useSession } from '../../api/session.js';
import { useTime } from '../../i18n/use-time.js';
import { contactName } from '../../i18n/contact-name.js';
import { useTranslate } from '../../i18n/use-translate.js';
import { ChannelIcon, Initials } from '../../ui/Marks.js';
import { Earlier, Reactions, TakenBack } from './AfterMessage.js';
import { Attachments } from './Attachments.js';
import { CallStory } from './CallStory.js';
import { Delivery } from './Delivery.js';
import { HtmlFrame } from './HtmlFrame.js';
import { LinkedText } from './LinkedText.js';
import { MediaCards } from './MediaCards.js';
import { foldText } from './thread-blocks.js';
import classes from './thread.module.css';

interface Props {
  readonly message: MessageItem;
  readonly continues: boolean;
  readonly ticket: TicketDetail;
}

/** One utterance; who it is from and whether the customer sees it is said in words as well as by tint. */
export function Message({ message, continues, ticket }: Props) {
  const t = useTranslate();
  const { person } = useSession();
  const name =
    message.author.id === person.id
      ? t('ticket.me_named', { name: person.name })
      : contactName(message.author.name, t);
  return (
    <article
      className={classes['message']}
      data-direction={message.direction}
      data-continues={continues || undefined}
    >
      {!continues && (
        <header className={classes['messageHead']}>
          <Initials name={message.author.name} size={26} />
          <span className={classes['author']}>{name}</span>
          <span className={classes['label']} data-direction={message.direction}>
            {t(`direction.${message.direction}`)}
          </span>
          {message.channel !== ticket.channel && <ChannelIcon channel={message.channel} size={14} />}
          <span className={classes['spring']} />
          <MessageTime at={message.at} />
        </header>
      )}
      <Warnings message={message} />
      <div className={classes['bubbleLine']}>
        <div className={classes['bubble']}>
          {message.deletedAt === null ? (
            <Body message={message} />
          ) : (
            <TakenBack at={message.deletedAt}>
              <Body message={message} />
            </TakenBack>
          )}
        </div>
        {message.direction === 'inbound' && <Original message={message} />}
      </div>
      <Reactions reactions={message.reactions} />
      {message.delivery && (
        <Delivery messageId={message.id} ticketId={ticket.id} delivery={message.delivery} />
      )}
    </article>
  );
}

function Body({ message }: { message: MessageItem }) {
  return (
    <>
      {message.hasHtml ? <HtmlBody message={message} /> : <TextBody message={message} />}
      <Attachments attachments={message.attachments} />
      <MediaCards media={message.media} />
      <CallStory activities={message.activities} />
      <Earlier earlier={message.earlier} />
    </>
  );
}

/** The bytes as they came, whatever was made of them. */
function Original({ message }: { message: MessageItem }) {
  const t = useTranslate();
  return (
    <a
      className={classes['originalLink']}
      href={`/api/messages/${message.id}/original`}
      download
      data-shown={message.quarantined || undefined}
      aria-label={t('message.original')}
      title={t('message.original')}
    >
      <IconFileCode size={16} stroke={1.6} aria-hidden />
    </a>
  );
}

function MessageTime({ at }: { at: string }) {
  const time = useTime();
  return (
    <time className={classes['time']} dateTime={at} title={time.exact(at)}>
      {time.time(at)}
    </time>
  );
}

function Warnings({ message }: { message: MessageItem }) {
  const t = useTranslate();
  const warnings = [
    message.quarantined && t('message.quarantined'),
    message.unverifiedSender && t('message.unverified'),
    message.automatic && t('message.automatic'),
  ].filter((text) => text !== false);
  if (warnings.length === 0) return null;
  return (
    <ul className={classes['warnings']}>
      {warnings.map((text) => (
        <li key={text}>{text}</li>
      ))}
    </ul>
  );
}

function TextBody({ message }: { message: MessageItem }) {
  const { shown, folded } = foldText(message.text, message.visibleText);
  const t = useTranslate();
  if (shown.trim() === '' && folded === '') {
    const hasFiles = message.attachments.length + message.media.length > 0;
    return hasFiles ? null : <p className={classes['nothing']}>{t('message.empty')}</p>;
  }
  return (
    <>
      <p className={classes['text']}>
        <LinkedText text={shown} />
      </p>
      {folded && <Folded text={folded} />}
    </>
  );
}

/** Mail as it was laid out stands behind its text where the text says it all; else it is shown at once. */
function HtmlBody({ message }: { message: MessageItem }) {
  const t = useTranslate();
  const hasNewText = message.visibleText !== null && message.visibleText.trim() !== '';
  const [whole, setWhole] = useState(!hasNewText);
  return (
    <>
      {whole ? (
        <HtmlFrame messageId={message.id} title={t('message.frame', { name: message.author.name })} />
      ) : (
        <p className={classes['text']}>
          <LinkedText text={message.visibleText ?? ''} />
        </p>
      )}
      {hasNewText && (
        <UnstyledButton className={classes['more']} aria-expanded={whole} onClick={() => setWhole(!whole)}>
          {whole ? t('message.show_new') : t('message.show_whole')}
        </UnstyledButton>
      )}
    </>
  );
}

function Folded({ text }: { text: string }) {
  const t = useTranslate();
  const [open, setOpen] = useState(false);
  return (
    <>
      <UnstyledButton
        className={classes['quoteFold']}
        aria-expanded={open}
        aria-label={t(open ? 'message.hide_quoted' : 'message.show_quoted')}
        title={t(open ? 'message.hide_quoted' : 'message.show_quoted')}
        onClick={() => setOpen(!open)}
      >
        <IconDots size={16} aria-hidden />
      </UnstyledButton>
      {open && <p className={classes['quoted']}>{text}</p>}
    </>
  );
}
