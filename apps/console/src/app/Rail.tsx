import { ActionIcon, Menu, UnstyledButton } from '@mantine/core';
import { IconInbox, IconKeyboard, IconLogout, IconSettings, IconUserCog } from '@tabler/icons-react';
import { Link, useRouter, useRouterState } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { putPresence } from '../api/presence.js';
import { signOut, useSession } from '../api/session.js';
import { sendAllHeld } from '../features/composer/outbox.js';
import { leaveForSignIn } from './leave-for-sign-in.js';
import { showProblem } from './show-problem.js';
import { useTranslate } from '../i18n/use-translate.js';
import { KeyTip } from '../ui/KeyTip.js';
import { Logo } from '../ui/Logo.js';
import { Initials } from '../ui/Marks.js';
import type { ShortcutName } from './shortcuts.js';
import classes from './frame.module.css';

/** The narrow navigation at the left; on a phone its places are in the drawer of the views. */
export function Rail({ onKeyMap }: { onKeyMap: () => void }) {
  const t = useTranslate();
  return (
    <nav className={classes['rail']} aria-label={t('frame.navigation')}>
      <Link to="/" className={classes['logo']} aria-label={t('frame.home')}>
        <Logo />
      </Link>
      <Place
        section="tickets"
        label={t('frame.tickets')}
        shortcut="goMine"
        icon={<IconInbox size={20} stroke={1.6} />}
      />
      <Place
        section="settings"
        label={t('frame.settings')}
        shortcut="goSettings"
        icon={<IconSettings size={20} stroke={1.6} />}
      />
      <span className={classes['spring']} />
      <KeyTip label={t('key.map')} shortcut="map">
        <ActionIcon aria-label={t('key.map')} onClick={onKeyMap} size={36}>
          <IconKeyboard size={20} stroke={1.6} />
        </ActionIcon>
      </KeyTip>
      <PersonMenu />
    </nav>
  );
}

function Place(props: {
  section: 'tickets' | 'settings';
  label: string;
  shortcut: ShortcutName;
  icon: ReactNode;
}) {
  const { section, label, shortcut, icon } = props;
  const active = useRouterState({ select: ({ location }) => location.pathname.startsWith(`/${section}`) });
  const look = { className: classes['place'], 'aria-label': label, 'data-active': active || undefined };
  return (
    <KeyTip label={label} shortcut={shortcut}>
      {section === 'settings' ? (
        <Link to="/settings" {...look}>
          {icon}
        </Link>
      ) : (
        <Link to="/tickets/$view" params={{ view: 'mine' }} {...look}>
          {icon}
        </Link>
      )}
    </KeyTip>
  );
}

export function PersonMenu() {
  const t = useTranslate();
  const router = useRouter();
  const { person, workspace } = useSession();
  const leave = async (): Promise<void> => {
    try {
      await sendAllHeld();
      // Work must not be sent to someone who leaves; the lease would say so only later.
      await putPresence('offline').catch(() => undefined);
      await signOut();
      await leaveForSignIn(router);
    } catch (error) {
      showProblem(error, t);
    }
  };
  return (
    <Menu position="right-end" width={230}>
      <Menu.Target>
        <UnstyledButton className={classes['me']} aria-label={t('frame.person_menu', { name: person.name })}>
          <Initials name={person.name} size={30} />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <div className={classes['who']}>
          <strong>{person.name}</strong>
          <span>{person.email}</span>
          <span>{workspace.name}</span>
        </div>
        <Menu.Divider />
        <Menu.Item
          leftSection={<IconUserCog size={16} stroke={1.7} />}
          onClick={() => void router.navigate({ to: '/settings/preferences' })}
        >
          {t('settings.preferences')}
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} stroke={1.7} />} onClick={() => void leave()}>
          {t('frame.sign_out')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
