import { ActionIcon, Drawer, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconMenu2, IconSearch } from '@tabler/icons-react';
import { useRouterState } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useSession } from '../api/session.js';
import { Views } from '../features/list/Views.js';
import { PresenceSwitch } from '../features/presence/PresenceSwitch.js';
import { useTranslate } from '../i18n/use-translate.js';
import { keysText } from './shortcuts.js';
import { PersonMenu } from './Rail.js';
import classes from './frame.module.css';

/** Where one is at the left, the way to everything in the middle, one's own presence at the right. */
export function TopBar({ onSearch }: { onSearch: () => void }) {
  const t = useTranslate();
  const { workspace } = useSession();
  const [opened, { open, close }] = useDisclosure(false);
  const place = useRouterState({ select: (state) => state.location.href });
  useEffect(close, [place, close]);

  return (
    <header className={classes['topbar']}>
      <ActionIcon className={classes['burger']} aria-label={t('frame.menu')} onClick={open} size={34}>
        <IconMenu2 size={20} stroke={1.7} />
      </ActionIcon>
      <span className={classes['workspace']}>{workspace.name}</span>
      <UnstyledButton className={classes['search']} onClick={onSearch}>
        <IconSearch size={15} stroke={1.8} aria-hidden />
        <span>{t('frame.find')}</span>
        <kbd>{keysText('palette')}</kbd>
      </UnstyledButton>
      <PresenceSwitch />
      <Drawer
        opened={opened}
        onClose={close}
        size={280}
        title={workspace.name}
        closeButtonProps={{ 'aria-label': t('action.close') }}
      >
        <Views />
        <div className={classes['drawerFoot']}>
          <PersonMenu />
        </div>
      </Drawer>
    </header>
  );
}
