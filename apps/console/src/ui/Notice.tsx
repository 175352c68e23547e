import { Button } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { problemText } from '../i18n/problem-text.js';
import { useTranslate } from '../i18n/use-translate.js';
import classes from './ui.module.css';

/** What went wrong and, where repeating can help, the way to repeat. */
export function Notice({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const t = useTranslate();
  return (
    <div role="alert" className={classes['notice']}>
      <IconAlertTriangle size={16} aria-hidden />
      <div className={classes['noticeBody']}>{problemText(error, t)}</div>
      {onRetry && (
        <Button size="compact-xs" variant="default" onClick={onRetry}>
          {t('action.try_again')}
        </Button>
      )}
    </div>
  );
}
