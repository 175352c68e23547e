import { Button, CopyButton } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useTranslate } from '../../i18n/use-translate.js';
import classes from './settings.module.css';

/** An address that is meant to be handed on, with the button that copies it. */
export function CopyLine({ text, label }: { text: string; label: string }) {
  const t = useTranslate();
  return (
    <div className={classes['copyLine']}>
      <code aria-label={label} title={text}>
        {text}
      </code>
      <CopyButton value={text} timeout={2_000}>
        {({ copied, copy }) => (
          <Button
            size="compact-sm"
            variant="default"
            leftSection={copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
            onClick={copy}
          >
            {t(copied ? 'action.copied' : 'action.copy')}
          </Button>
        )}
      </CopyButton>
    </div>
  );
}
