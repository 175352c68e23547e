import { Menu, UnstyledButton } from '@mantine/core';
import { IconArrowBackUp, IconChevronDown, IconLock } from '@tabler/icons-react';
import type { ReplyRequest, ReplyRoute, TicketDetail } from '@tributary/contracts';
import { channelName } from '../../i18n/channel-name.js';
import { contactName } from '../../i18n/contact-name.js';
import { useNow, useTime } from '../../i18n/use-time.js';
import { useTranslate } from '../../i18n/use-translate.js';
import { KeyTip } from '../../ui/KeyTip.js';
import type { ComposerMode } from './outbox.js';
import { keyOfRoute, viaOf } from './routes.js';
import { sendingHint, sendingObstacle } from './sending-text.js';
import classes from './composer.module.css';

interface Props {
  readonly ticket: TicketDetail;
  readonly mode: ComposerMode;
  readonly onMode: (mode: ComposerMode) => void;
  readonly route: ReplyRoute;
  /** Null goes back to where the customer was last heard. */
  readonly onRoute: (via: NonNullable<ReplyRequest['via']> | null) => void;
}

/** Reply or note, and where the words will go. */
export function ComposerHead({ ticket, mode, onMode, route, onRoute }: Props) {
  const t = useTranslate();
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
        {mode === 'note' ? (
          t('composer.note_target')
        ) : (
          <Target ticket={ticket} route={route} onRoute={onRoute} />
        )}
      </span>
    </div>
  );
}

/** To whom the reply goes; where the contact can be reached elsewhere, that is one choice. */
function Target({ ticket, route, onRoute }: Pick<Props, 'ticket' | 'route' | 'onRoute'>) {
  const t = useTranslate();
  const { routes, contact } = ticket;
  const name = contactName(contact.name, t);
  const words = (each: ReplyRoute): string =>
    t('composer.reply_target', {
      recipient: each.identity.value === name ? name : `${name} <${each.identity.value}>`,
      channel: channelName(each.channel, t),
      inbox: each.inbox.name,
    });
  if (routes.length < 2) return words(route);
  return (
    <Menu position="top-start">
      <Menu.Target>
        <UnstyledButton
          className={classes['route']}
          aria-label={`${words(route)} (${t('composer.elsewhere')})`}
        >
          <span className={classes['routeText']}>{words(route)}</span>
          <IconChevronDown size={13} className={classes['routeMark']} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('composer.elsewhere')}</Menu.Label>
        {routes.map((each, at) => (
          <Menu.Item
            key={keyOfRoute(each)}
            aria-current={each === route}
            onClick={() => onRoute(at === 0 ? null : viaOf(each))}
          >
            {words(each)}
            <Allowance route={each} />
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function Allowance({ route: { sending } }: { route: ReplyRoute }) {
  const t = useTranslate();
  const now = useNow('minute');
  const time = useTime();
  const words = sendingObstacle(sending, 0, now, t) ?? sendingHint(sending, now, time, t);
  return words && <div className={classes['allowance']}>{words}</div>;
}
