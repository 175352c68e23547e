import { IconPhone } from '@tabler/icons-react';
import type { MessageItem } from '@tributary/contracts';
import { useTime } from '../../i18n/use-time.js';
import { useTranslate } from '../../i18n/use-translate.js';
import { callStory, transcriptOf } from './call-story.js';
import classes from './thread.module.css';

/** What happened in a call beside words, and what was understood of a recording. */
export function CallStory({ activities }: Pick<MessageItem, 'activities'>) {
  const t = useTranslate();
  const time = useTime();
  const lines = callStory(activities, t);
  const transcript = transcriptOf(activities);
  return (
    <>
      {lines.length > 0 && (
        <ol className={classes['callStory']} aria-label={t('call.story')}>
          {lines.map(({ at, text }) => (
            <li key={text}>
              <IconPhone size={14} aria-hidden />
              <span>{text}</span>
              <time dateTime={at} title={time.exact(at)}>
                {time.time(at)}
              </time>
            </li>
          ))}
        </ol>
      )}
      {transcript !== undefined && (
        <figure className={classes['transcript']}>
          <figcaption>{t('call.transcript')}</figcaption>
          <blockquote>{transcript}</blockquote>
        </figure>
      )}
    </>
  );
}
