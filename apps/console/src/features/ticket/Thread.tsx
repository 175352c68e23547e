import { Button } from '@mantine/core';
import { IconArrowDown } from '@tabler/icons-react';
import type { TicketDetail } from '@tributary/contracts';
import { useMemo } from 'react';
import { useSession } from '../../api/session.js';
import { useCustomerTyping } from '../../api/typing.js';
import { knownZone, useNow, useTime } from '../../i18n/use-time.js';
import { useTranslate } from '../../i18n/use-translate.js';
import { useOutbox } from '../composer/outbox.js';
import { Events } from './Events.js';
import { Message } from './Message.js';
import { Outgoing } from './Outgoing.js';
import { threadDays } from './thread-blocks.js';
import { useFollowedEnd } from './use-followed-end.js';
import classes from './thread.module.css';

/** The conversation by day, the newest at the end and in sight. */
export function Thread({ ticket }: { ticket: TicketDetail }) {
  const t = useTranslate();
  const typing = useCustomerTyping(ticket.id);
  const outgoing = useOutbox().filter((message) => message.ticketId === ticket.id);
  const newest = `${ticket.thread.at(-1)?.id ?? ''} ${outgoing.at(-1)?.key ?? ''}`;
  const { scroller, sheet, below, toEnd } = useFollowedEnd(newest);
  return (
    <div className={classes['thread']}>
      <div
        ref={scroller}
        className={`${classes['scroller']} scroll`}
        tabIndex={0}
        role="log"
        aria-label={t('thread.label')}
      >
        <div ref={sheet} className={classes['sheet']}>
          <Days ticket={ticket} />
          {outgoing.map((message) => (
            <Outgoing key={message.key} message={message} />
          ))}
          <p className={classes['typing']} role="status">
            {typing && t('thread.typing', { name: ticket.contact.name })}
          </p>
        </div>
      </div>
      {below && (
        <Button
          className={classes['below']}
          size="compact-sm"
          radius="xl"
          leftSection={<IconArrowDown size={14} />}
          onClick={toEnd}
        >
          {t('thread.below')}
        </Button>
      )}
    </div>
  );
}

function Days({ ticket }: { ticket: TicketDetail }) {
  const time = useTime();
  const now = useNow('minute');
  const { person } = useSession();
  const zone = knownZone(person.timeZone);
  const days = useMemo(() => threadDays(ticket.thread, zone), [ticket.thread, zone]);
  return days.map((day) => (
    <section key={day.key} aria-label={time.day(day.at, now)}>
      <h2 className={classes['day']}>
        <span>{time.day(day.at, now)}</span>
      </h2>
      {day.blocks.map((block) =>
        block.kind === 'message' ? (
          <Message key={block.id} message={block.item} continues={block.continues} ticket={ticket} />
        ) : (
          <Events key={block.id} events={block.items} />
        ),
      )}
    </section>
  ));
}
