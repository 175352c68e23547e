import { ActionIcon, Progress } from '@mantine/core';
import { IconFile, IconRefresh, IconX } from '@tabler/icons-react';
import { useLingui } from '@lingui/react';
import type { UploadView } from '@tributary/contracts';
import { problemText } from '../../i18n/problem-text.js';
import { bytesText } from '../../i18n/time-text.js';
import { useTranslate } from '../../i18n/use-translate.js';
import type { RunningUpload } from './use-uploads.js';
import classes from './composer.module.css';

/** What goes with the message: stored files, and those still on their way. */
export function AttachmentTray(props: {
  uploads: readonly UploadView[];
  running: readonly RunningUpload[];
  onRemove: (id: string) => void;
  onAbort: (key: string) => void;
  onRepeat: (upload: RunningUpload) => void;
}) {
  const t = useTranslate();
  const { i18n } = useLingui();
  if (props.uploads.length + props.running.length === 0) return null;
  return (
    <ul className={classes['tray']} aria-label={t('composer.attachments')}>
      {props.uploads.map(({ id, name, size }) => (
        <li key={id} className={classes['file']}>
          <IconFile size={15} aria-hidden />
          <span className={classes['fileName']}>{name}</span>
          <span className={classes['fileSize']}>{bytesText(size, i18n.locale)}</span>
          <ActionIcon
            size={22}
            aria-label={t('composer.remove_file', { name })}
            onClick={() => props.onRemove(id)}
          >
            <IconX size={14} />
          </ActionIcon>
        </li>
      ))}
      {props.running.map((upload) => (
        <li key={upload.key} className={classes['file']} data-failed={upload.error ? true : undefined}>
          <IconFile size={15} aria-hidden />
          <span className={classes['fileName']}>{upload.file.name}</span>
          {upload.error ? (
            <>
              <span role="alert">{problemText(upload.error, t)}</span>
              <ActionIcon size={22} aria-label={t('action.try_again')} onClick={() => props.onRepeat(upload)}>
                <IconRefresh size={14} />
              </ActionIcon>
            </>
          ) : (
            <Progress
              className={classes['progress']}
              size={4}
              value={upload.share * 100}
              aria-label={t('composer.uploading_file', { name: upload.file.name })}
            />
          )}
          <ActionIcon
            size={22}
            aria-label={t('composer.remove_file', { name: upload.file.name })}
            onClick={() => props.onAbort(upload.key)}
          >
            <IconX size={14} />
          </ActionIcon>
        </li>
      ))}
    </ul>
  );
}
