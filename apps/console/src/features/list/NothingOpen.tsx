import { IconMessages } from '@tabler/icons-react';
import { keysText } from '../../app/shortcuts.js';
import { useTranslate } from '../../i18n/use-translate.js';
import { Empty } from '../../ui/Empty.js';

/** The ticket's place while no ticket is open. */
export function NothingOpen() {
  const t = useTranslate();
  return (
    <Empty icon={IconMessages} title={t('list.nothing_open')}>
      {t('list.nothing_open_help', { next: keysText('next'), open: keysText('open'), map: keysText('map') })}
    </Empty>
  );
}
