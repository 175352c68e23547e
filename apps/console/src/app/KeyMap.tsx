import { Modal } from '@mantine/core';
import { useTranslate } from '../i18n/use-translate.js';
import { keysText, SHORTCUTS, type ShortcutName } from './shortcuts.js';
import classes from './frame.module.css';
import uiClasses from '../ui/ui.module.css';

const GROUPS = ['everywhere', 'go', 'list', 'ticket', 'composer'] as const;

/** The map of keys behind `?`, drawn from the table that the handlers read. */
export function KeyMap({ onClose }: { onClose: () => void }) {
  const t = useTranslate();
  const names = Object.keys(SHORTCUTS) as ShortcutName[];
  return (
    <Modal
      opened
      onClose={onClose}
      size={780}
      title={t('key.map')}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <div className={classes['keys']}>
        {GROUPS.map((group) => (
          <section key={group}>
            <h3>{t(`key.group.${group}`)}</h3>
            <ul>
              {names
                .filter((name) => SHORTCUTS[name].group === group)
                .map((name) => (
                  <li key={name}>
                    <span>{t(SHORTCUTS[name].label)}</span>
                    <kbd className={uiClasses['kbd']}>{keysText(name)}</kbd>
                  </li>
                ))}
            </ul>
          </section>
        ))}
      </div>
    </Modal>
  );
}
