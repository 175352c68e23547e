import { Popover, UnstyledButton } from '@mantine/core';
import { useState } from 'react';
import { useShortcut } from '../../app/shortcuts.js';
import { useTranslate } from '../../i18n/use-translate.js';
import { KeyTip } from '../../ui/KeyTip.js';
import { Decisions } from './Decisions.js';
import classes from './why.module.css';

/** "Why?" next to the assignee. */
export function DecisionWhy({ ticketId }: { ticketId: string }) {
  const t = useTranslate();
  const [opened, setOpened] = useState(false);
  useShortcut('why', () => setOpened((now) => !now));
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-start" width={400} trapFocus returnFocus>
      <KeyTip label={t('key.why')} shortcut="why">
        <Popover.Target>
          <UnstyledButton className={classes['ask']} onClick={() => setOpened(!opened)}>
            {t('why.ask')}
          </UnstyledButton>
        </Popover.Target>
      </KeyTip>
      <Popover.Dropdown className={`${classes['sheet']} scroll`} aria-label={t('why.title')}>
        {opened && <Decisions ticketId={ticketId} />}
      </Popover.Dropdown>
    </Popover>
  );
}
