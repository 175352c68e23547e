import { UnstyledButton } from '@mantine/core';
import { IconChevronRight } from '@tabler/icons-react';
import type { EventItem } from '@tributary/contracts';
import { useId, useState } from 'react';
import { useTime } from '../../i18n/use-time.js';
import { useTranslate } from '../../i18n/use-translate.js';
import { eventLines } from './event-text.js';
import classes from './thread.module.css';

/** What happened between two messages: one change is said, several fold into "3 changes". */
export function Events({ events }: { events: readonly EventItem[] }) {
  const t = useTranslate();
  const listId = useId();
  const [open, setOpen] = useState(false);
  const lines = events.flatMap((event) =>
    eventLines(event, t).map((text, index) => ({ key: `${event.id}-${index}`, event, text })),
  );
  const [first] = lines;
  if (lines.length === 1 && first) {
    return (
      <div className={classes['events']}>
        <Line event={first.event} text={first.text} />
      </div>
    );
  }
  return (
    <div className={classes['events']}>
      <UnstyledButton
        className={classes['fold']}
        aria-expanded={open}
        aria-controls={listId}
        onClick={() => setOpen(!open)}
      >
        <IconChevronRight size={13} aria-hidden />
        {t('thread.changes', { count: lines.length })}
      </UnstyledButton>
      {open && (
        <ul id={listId} className={classes['eventList']}>
          {lines.map(({ key, event, text }) => (
            <li key={key}>
              <Line event={event} text={text} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function Line({ event, text }: { event: EventItem; text: string }) {
  const time = useTime();
  return (
    <span className={classes['event']}>
      {text}
      <time dateTime={event.at} title={time.exact(event.at)}>
        {time.time(event.at)}
      </time>
    </span>
  );
}
