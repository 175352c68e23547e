import { Outlet } from '@tanstack/react-router';
import { Suspense, lazy, useEffect, useState } from 'react';
import { useTranslate } from '../i18n/use-translate.js';
import { listenForShortcuts, useShortcut } from './shortcuts.js';
import { useGoShortcuts } from './use-go-shortcuts.js';
import { useLive } from './use-live.js';
import { Rail } from './Rail.js';
import { TopBar } from './TopBar.js';
import classes from './frame.module.css';

const CommandPalette = lazy(() => import('./CommandPalette.js').then((m) => ({ default: m.CommandPalette })));
const KeyMap = lazy(() => import('./KeyMap.js').then((m) => ({ default: m.KeyMap })));

/** What stands around every page once someone is signed in. */
export function Frame() {
  const t = useTranslate();
  const connection = useLive();
  const [palette, setPalette] = useState<'unused' | 'open' | 'closed'>('unused');
  const [keyMap, setKeyMap] = useState(false);
  useEffect(listenForShortcuts, []);
  useGoShortcuts();
  useShortcut('palette', () => setPalette((now) => (now === 'open' ? 'closed' : 'open')));
  useShortcut('map', () => setKeyMap(true));

  return (
    <div className={classes['frame']}>
      <a href="#content" className={classes['skip']}>
        {t('frame.skip')}
      </a>
      <Rail onKeyMap={() => setKeyMap(true)} />
      <div className={classes['column']}>
        <TopBar onSearch={() => setPalette('open')} />
        {connection === 'lost' && (
          <p className={classes['lost']} role="status">
            {t('frame.connection_lost')}
          </p>
        )}
        <main id="content" className={classes['content']} tabIndex={-1}>
          <Outlet />
        </main>
      </div>
      <Suspense>
        {palette !== 'unused' && (
          <CommandPalette
            opened={palette === 'open'}
            onClose={() => setPalette('closed')}
            onKeyMap={() => setKeyMap(true)}
          />
        )}
        {keyMap && <KeyMap onClose={() => setKeyMap(false)} />}
      </Suspense>
    </div>
  );
}
