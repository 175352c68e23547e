import { Tooltip } from '@mantine/core';
import type { ReactElement } from 'react';
import { keysText, type ShortcutName } from '../app/shortcuts.js';
import classes from './ui.module.css';

/** A tooltip that names the action and shows its key. */
export function KeyTip(props: { label: string; shortcut?: ShortcutName; children: ReactElement }) {
  const { label, shortcut, children } = props;
  return (
    <Tooltip
      label={
        <span className={classes['tip']}>
          {label}
          {shortcut && <kbd className={classes['tipKey']}>{keysText(shortcut)}</kbd>}
        </span>
      }
    >
      {children}
    </Tooltip>
  );
}
