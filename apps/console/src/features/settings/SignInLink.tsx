import { Button } from '@mantine/core';
import { IconLink } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { makeSignInLink } from '../../api/admin.js';
import { useNow, useTime } from '../../i18n/use-time.js';
import { useTranslate } from '../../i18n/use-translate.js';
import { Notice } from '../../ui/Notice.js';
import { CopyLine } from './CopyLine.js';
import classes from './settings.module.css';

/** A fresh one-time link for someone; it is shown this once only. */
export function SignInLink({ personId }: { personId: string }) {
  const t = useTranslate();
  const time = useTime();
  const now = useNow('minute');
  const link = useMutation({ mutationFn: () => makeSignInLink(personId) });
  return (
    <div className={classes['link']}>
      {link.data ? (
        <>
          <CopyLine text={link.data.url} label={t('people.link')} />
          <p>{t('people.link_help', { until: time.moment(link.data.expiresAt, now) })}</p>
        </>
      ) : (
        <>
          <Button
            variant="default"
            leftSection={<IconLink size={15} />}
            loading={link.isPending}
            onClick={() => link.mutate()}
          >
            {t('people.make_link')}
          </Button>
          <p>{t('people.make_link_help')}</p>
        </>
      )}
      {link.isError && <Notice error={link.error} />}
    </div>
  );
}
