import { ActionIcon, Progress } from '@mantine/core';
import { IconFile, IconRefresh, IconX } from '@tabler/icons-react';
import { useLingui } from '@lingui/react';
import type { UploadView } from '@tributary/contracts';
import { problemText } from '../../i18n/problem-text.js';
import { bytesText } from '../../i18n/time-text.js';
import { useTranslate } from '../../i18n/use-translate.js';
import type { RunningUpload } from './use-uploads.js';
import classes from './composer.module.css';

interface Props {
  readonly uploads: readonly UploadView[];
  readonly running: readonly RunningUpload[];
  readonly onRemove: (id: string) => void;
  readonly onAbort: (key: string) => void;
  readonly onRepeat: (upload: RunningUpload) => void;
}

/** What goes with the message: stored files, and those still on their way. */
export function AttachmentTray({ uploads, running, onRemove, onAbort, onRepeat }: Props) {
  const t = useTranslate();
  const { i18n } = useLingui();
  if (uploads.length + running.length === 0) return null;
  return (
    <ul className={classes['tray']} aria-label={t('composer.attachments')}>
      {uploads.map(({ id, name, size }) => (
        <li key={id} className={classes['file']}>
          <IconFile size={15} aria-hidden />
          <span className={classes['fileName']}>{name}</span>
          <span className={classes['fileSize']}>{bytesText(size, i18n.locale)}</span>
          <RemoveButton name={name} onClick={() => onRemove(id)} />
        </li>
      ))}
      {running.map((upload) => (
        <Running key={upload.key} upload={upload} onAbort={onAbort} onRepeat={onRepeat} />
      ))}
    </ul>
  );
}

function Running({
  upload,
  onAbort,
  onRepeat,
}: { upload: RunningUpload } & Pick<Props, 'onAbort' | 'onRepeat'>) {
  const t = useTranslate();
  const { name } = upload.file;
  return (
    <li className={classes['file']} data-failed={upload.error ? true : undefined}>
      <IconFile size={15} aria-hidden />
      <span className={classes['fileName']}>{name}</span>
      {upload.error ? (
        <>
          <span role="alert">{problemText(upload.error, t)}</span>
          <ActionIcon size={22} aria-label={t('action.try_again')} onClick={() => onRepeat(upload)}>
            <IconRefresh size={14} />
          </ActionIcon>
        </>
      ) : (
        <Progress
          className={classes['progress']}
          size={4}
          value={upload.share * 100}
          aria-label={t('composer.uploading_file', { name })}
        />
      )}
      <RemoveButton name={name} onClick={() => onAbort(upload.key)} />
    </li>
  );
}

function RemoveButton({ name, onClick }: { name: string; onClick: () => void }) {
  const t = useTranslate();
  return (
    <ActionIcon size={22} aria-label={t('composer.remove_file', { name })} onClick={onClick}>
      <IconX size={14} />
    </ActionIcon>
  );
}
