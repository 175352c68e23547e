import {
  IconDownload,
  IconFile,
  IconFileText,
  IconFileZip,
  IconMusic,
  IconPhoto,
  IconVideo,
  type Icon,
} from '@tabler/icons-react';
import { useLingui } from '@lingui/react';
import type { AttachmentView } from '@tributary/contracts';
import { bytesText } from '../../i18n/time-text.js';
import { useTranslate } from '../../i18n/use-translate.js';
import classes from './thread.module.css';

const SIGNS: readonly (readonly [RegExp, Icon])[] = [
  [/^image\//, IconPhoto],
  [/^audio\//, IconMusic],
  [/^video\//, IconVideo],
  [/^text\/|pdf$|msword|officedocument/, IconFileText],
  [/zip|compressed|tar/, IconFileZip],
];

/** Kinds of pictures that every browser draws and that cannot carry a script; the rest stays a card. */
const PICTURES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif']);
/** What is larger is fetched when somebody asks for it. */
const SHOWN_BYTES = 10 * 1024 * 1024;

/** Pictures as they are, other files as cards; what the mail shows inside itself is not listed again. */
export function Attachments({ attachments }: { attachments: readonly AttachmentView[] }) {
  const t = useTranslate();
  const { i18n } = useLingui();
  const files = attachments.filter(({ disposition }) => disposition === 'attachment');
  if (files.length === 0) return null;
  return (
    <ul className={classes['files']} aria-label={t('composer.attachments')}>
      {files.map(({ id, name, contentType, size, url }) => {
        const Sign = SIGNS.find(([kind]) => kind.test(contentType))?.[1] ?? IconFile;
        if (PICTURES.has(contentType) && size <= SHOWN_BYTES) {
          return (
            <li key={id}>
              <a
                className={classes['picture']}
                href={url}
                download={name}
                title={t('message.download', { name })}
              >
                <img src={url} alt={name} loading="lazy" />
              </a>
            </li>
          );
        }
        return (
          <li key={id}>
            {contentType.startsWith('audio/') && (
              <audio className={classes['player']} controls preload="none" src={url} aria-label={name} />
            )}
            <a
              className={classes['fileCard']}
              href={url}
              download={name}
              title={t('message.download', { name })}
            >
              <Sign size={20} stroke={1.5} aria-hidden />
              <span className={classes['fileText']}>
                <span className={classes['fileName']}>{name}</span>
                <span className={classes['fileSize']}>{bytesText(size, i18n.locale)}</span>
              </span>
              <IconDownload size={15} stroke={1.7} aria-hidden />
            </a>
          </li>
        );
      })}
    </ul>
  );
}
