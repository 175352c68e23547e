import { Button } from '@mantine/core';
import { IconArrowDown } from '@tabler/icons-react';
import type { TicketDetail } from '@tributary/contracts';
import { useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useSession } from '../../api/session.js';
import { knownZone, useNow, useTime } from '../../i18n/use-time.js';
import { useTranslate } from '../../i18n/use-translate.js';
import { useOutbox } from '../composer/outbox.js';
import { Events } from './Events.js';
import { Message } from './Message.js';
import { Outgoing } from './Outgoing.js';
import { threadDays } from './thread-blocks.js';
import classes from './thread.module.css';

/** The conversation by day, the newest at the end and in sight. */
export function Thread({ ticket }: { ticket: TicketDetail }) {
  const t = useTranslate();
  const time = useTime();
  const now = useNow('minute');
  const { person } = useSession();
  const zone = knownZone(person.timeZone);
  const days = useMemo(() => threadDays(ticket.thread, zone), [ticket.thread, zone]);
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
          {days.map((day) => (
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
          ))}
          {outgoing.map((message) => (
            <Outgoing key={message.key} message={message} />
          ))}
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

const NEAR_PX = 80;

/**
 * Keeps the end in sight while the reader is there: through new messages and through frames and pictures that grow.
 * A reader who has scrolled up is left alone and told that there is something below.
 */
function useFollowedEnd(newest: string) {
  const scroller = useRef<HTMLDivElement>(null);
  const sheet = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  const known = useRef(newest);
  const [below, setBelow] = useState(false);

  useLayoutEffect(() => {
    const box = scroller.current;
    const content = sheet.current;
    if (!box || !content) return;
    const toEnd = (): void => {
      box.scrollTop = box.scrollHeight;
    };
    const onScroll = (): void => {
      follows.current = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_PX;
      if (follows.current) setBelow(false);
    };
    const sizes = new ResizeObserver(() => {
      if (follows.current) toEnd();
    });
    toEnd();
    sizes.observe(content);
    sizes.observe(box);
    box.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      sizes.disconnect();
      box.removeEventListener('scroll', onScroll);
    };
  }, []);

  useLayoutEffect(() => {
    if (known.current === newest) return;
    known.current = newest;
    if (!follows.current) setBelow(true);
  }, [newest]);

  const toEnd = (): void => {
    const box = scroller.current;
    if (box) box.scrollTop = box.scrollHeight;
    setBelow(false);
  };
  return { scroller, sheet, below, toEnd };
}
