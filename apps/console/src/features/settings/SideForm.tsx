import { Button, Drawer } from '@mantine/core';
import type { FormEvent, ReactNode } from 'react';
import { useTranslate } from '../../i18n/use-translate.js';
import { Notice } from '../../ui/Notice.js';
import classes from './settings.module.css';

/** A form that slides in beside the list it belongs to; the way out and the way on are always in sight. */
export function SideForm(props: {
  title: string;
  onClose: () => void;
  onSubmit: (event: FormEvent<HTMLFormElement>) => void;
  saving: boolean;
  error: unknown;
  children: ReactNode;
}) {
  const { title, onClose, onSubmit, saving, error, children } = props;
  const t = useTranslate();
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size={460}
      title={title}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <form onSubmit={onSubmit} className={classes['form']} noValidate>
        {error ? <Notice error={error} /> : null}
        {children}
        <div className={classes['formFoot']}>
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button type="submit" loading={saving}>
            {t('action.save')}
          </Button>
        </div>
      </form>
    </Drawer>
  );
}
