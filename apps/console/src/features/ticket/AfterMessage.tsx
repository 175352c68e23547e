import { UnstyledButton } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import type { MessageItem } from '@tributary/contracts';
import { useState, type ReactNode } from 'react';
import { useNow, useTime } from '../../i18n/use-time.js';
import { useTranslate } from '../../i18n/use-translate.js';
import classes from './thread.module.css';

/** A message that the customer took back: said first, and behind it what it was. */
export function TakenBack({ at, children }: { at: string; children: ReactNode }) {
  const t = useTranslate();
  const time = useTime();
  const now = useNow('minute');
  const [open, setOpen] = useState(false);
  return (
    <>
      <p className={classes['takenBack']} title={time.exact(at)}>
        <IconTrash size={15} aria-hidden />
        {t('message.taken_back', { at: time.moment(at, now) })}
      </p>
      <UnstyledButton className={classes['more']} aria-expanded={open} onClick={() => setOpen(!open)}>
        {t(open ? 'message.hide_original' : 'message.show_original')}
      </UnstyledButton>
      {open && <div className={classes['original']}>{children}</div>}
    </>
  );
}

/** That the customer wrote it anew, and what it said before. */
export function Earlier({ earlier }: Pick<MessageItem, 'earlier'>) {
  const t = useTranslate();
  const time = useTime();
  const now = useNow('minute');
  const [open, setOpen] = useState(false);
  if (earlier.length === 0) return null;
  return (
    <>
      <p className={classes['edited']}>
        {t('message.edited')}{' '}
        <UnstyledButton className={classes['more']} aria-expanded={open} onClick={() => setOpen(!open)}>
          {t('message.earlier', { count: earlier.length })}
        </UnstyledButton>
      </p>
      {open && (
        <ol className={classes['earlier']}>
          {earlier.map(({ text, until }) => (
            <li key={until} className={classes['quoted']}>
              <p>{text}</p>
              <time dateTime={until} title={time.exact(until)}>
                {t('message.earlier_until', { at: time.moment(until, now) })}
              </time>
            </li>
          ))}
        </ol>
      )}
    </>
  );
}

export function Reactions({ reactions }: Pick<MessageItem, 'reactions'>) {
  const t = useTranslate();
  if (reactions.length === 0) return null;
  return (
    <ul className={classes['reactions']}>
      {reactions.map(({ reaction, by }) => {
        const text = t('message.reacted', { name: by.name, reaction });
        return (
          <li key={by.id} title={text}>
            <span role="img" aria-label={text}>
              {reaction}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
