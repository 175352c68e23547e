import { Button } from '@mantine/core';
import { IconMapOff, IconPlugConnectedX } from '@tabler/icons-react';
import type { ErrorComponentProps } from '@tanstack/react-router';
import { problemText } from '../i18n/problem-text.js';
import { useTranslate } from '../i18n/use-translate.js';
import { Empty } from '../ui/Empty.js';

/** Instead of a blank page: what happened, and the way on. */
export function PageFault({ error, reset }: ErrorComponentProps) {
  const t = useTranslate();
  return (
    <main>
      <Empty
        icon={IconPlugConnectedX}
        title={t('page.fault')}
        action={
          <Button
            onClick={() => {
              reset();
              window.location.reload();
            }}
          >
            {t('action.try_again')}
          </Button>
        }
      >
        {problemText(error, t)}
      </Empty>
    </main>
  );
}

export function PageMissing() {
  const t = useTranslate();
  return (
    <main>
      <Empty
        icon={IconMapOff}
        title={t('page.missing')}
        action={
          <Button component="a" href="/">
            {t('page.home')}
          </Button>
        }
      >
        {t('page.missing_help')}
      </Empty>
    </main>
  );
}
