import { ActionIcon, Button, FileButton, Menu } from '@mantine/core';
import { IconChevronDown, IconPaperclip } from '@tabler/icons-react';
import { useLingui } from '@lingui/react';
import type { StatusCategory } from '@tributary/contracts';
import { useTranslate } from '../../i18n/use-translate.js';
import { KeyTip } from '../../ui/KeyTip.js';
import { StatusMark } from '../../ui/Marks.js';
import type { ComposerMode } from './outbox.js';
import classes from './composer.module.css';

const AFTER_REPLY = ['pending', 'on_hold', 'solved', 'open'] as const satisfies StatusCategory[];
/** The room left is told once this share of it is used. */
const TELL_ROOM_FROM = 0.8;

interface Props {
  readonly mode: ComposerMode;
  readonly length: number;
  readonly maxLength: number | null;
  readonly obstacle: string | null;
  /** What the channel leaves of its window. */
  readonly hint: string | null;
  readonly canAttach: boolean;
  readonly status: StatusCategory;
  readonly onFiles: (files: Iterable<File>) => void;
  readonly onSubmit: (setStatus: StatusCategory | null) => void;
}

export function ComposerFoot(props: Props) {
  const { mode, length, maxLength, obstacle, hint, canAttach, onFiles } = props;
  const t = useTranslate();
  const { i18n } = useLingui();
  const tellsRoom = mode === 'reply' && maxLength !== null && length > maxLength * TELL_ROOM_FROM;
  return (
    <div className={classes['foot']}>
      {canAttach && (
        <FileButton multiple onChange={onFiles}>
          {(button) => (
            <KeyTip label={t('composer.attach')}>
              <ActionIcon {...button} aria-label={t('composer.attach')}>
                <IconPaperclip size={17} stroke={1.7} />
              </ActionIcon>
            </KeyTip>
          )}
        </FileButton>
      )}
      <span className={classes['obstacle']} role="status">
        {obstacle ||
          (tellsRoom && t('composer.room', { left: i18n.number(maxLength - length) })) ||
          (mode === 'reply' && hint)}
      </span>
      <SendButtons {...props} />
    </div>
  );
}

function SendButtons({ mode, obstacle, status, onSubmit }: Props) {
  const t = useTranslate();
  return (
    <div className={classes['send']}>
      <KeyTip label={t('key.send')} shortcut="send">
        <Button
          disabled={obstacle !== null}
          onClick={() => onSubmit(null)}
          className={mode === 'reply' ? classes['sendMain'] : undefined}
        >
          {t(mode === 'reply' ? 'composer.send' : 'composer.add_note')}
        </Button>
      </KeyTip>
      {mode === 'reply' && (
        <Menu position="top-end">
          <Menu.Target>
            <Button
              disabled={obstacle !== null}
              className={classes['sendMore']}
              aria-label={t('composer.send_and')}
            >
              <IconChevronDown size={15} />
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Label>{t('composer.send_and')}</Menu.Label>
            {AFTER_REPLY.filter((each) => each !== status).map((each) => (
              <Menu.Item key={each} onClick={() => onSubmit(each)}>
                <StatusMark status={each} />
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
    </div>
  );
}
