import { Loader } from '@mantine/core';
import { IconFileAlert } from '@tabler/icons-react';
import type { MediaView } from '@tributary/contracts';
import { useTranslate } from '../../i18n/use-translate.js';
import { mediaFailureText } from './media-text.js';
import classes from './thread.module.css';

/** Files of a message that are not here: still at the provider, or never to be had. */
export function MediaCards({ media }: { media: readonly MediaView[] }) {
  const t = useTranslate();
  if (media.length === 0) return null;
  return (
    <ul className={classes['files']} aria-label={t('media.label')}>
      {media.map((file) => (
        <li
          key={file.id}
          className={classes['fileCard']}
          data-state={file.state}
          title={file.detail ?? undefined}
        >
          {file.state === 'pending' ? (
            <Loader size={16} aria-hidden />
          ) : (
            <IconFileAlert size={20} stroke={1.5} aria-hidden />
          )}
          <span className={classes['fileText']}>
            <span className={classes['fileName']}>{file.name}</span>
            <span className={classes['mediaState']}>
              {file.state === 'pending' ? t('media.pending') : mediaFailureText(file.reason, t)}
            </span>
          </span>
        </li>
      ))}
    </ul>
  );
}
