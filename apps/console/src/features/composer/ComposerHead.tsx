import { UnstyledButton } from '@mantine/core';
import { IconArrowBackUp, IconLock } from '@tabler/icons-react';
import type { TicketDetail } from '@tributary/contracts';
import { channelName } from '../../i18n/channel-name.js';
import { useTranslate } from '../../i18n/use-translate.js';
import { KeyTip } from '../../ui/KeyTip.js';
import { recipientOf } from './recipient.js';
import type { ComposerMode } from './outbox.js';
import classes from './composer.module.css';

/** Reply or note, and where the words will go. */
export function ComposerHead(props: {
  ticket: TicketDetail;
  mode: ComposerMode;
  onMode: (mode: ComposerMode) => void;
}) {
  const { ticket, mode, onMode } = props;
  const t = useTranslate();
  const address = recipientOf(ticket);
  return (
    <div className={classes['head']}>
      <div role="tablist" aria-label={t('composer.kind')} className={classes['modes']}>
        {(['reply', 'note'] as const).map((each) => (
          <KeyTip key={each} label={t(`key.${each}`)} shortcut={each}>
            <UnstyledButton
              role="tab"
              aria-selected={mode === each}
              className={classes['mode']}
              onClick={() => onMode(each)}
            >
              {each === 'reply' ? (
                <IconArrowBackUp size={15} aria-hidden />
              ) : (
                <IconLock size={14} aria-hidden />
              )}
              {t(`composer.${each}`)}
            </UnstyledButton>
          </KeyTip>
        ))}
      </div>
      <span className={classes['target']}>
        {mode === 'note'
          ? t('composer.note_target')
          : t('composer.reply_target', {
              recipient: address ? `${ticket.contact.name} <${address}>` : ticket.contact.name,
              channel: channelName(ticket.channel, t),
              inbox: ticket.inbox.name,
            })}
      </span>
    </div>
  );
}
