import { useLingui } from '@lingui/react';
import type { InboxView } from '@tributary/contracts';
import { useTranslate } from '../../i18n/use-translate.js';
import { setUpSteps } from './channel-steps.js';
import { InboxAddress } from './InboxAddress.js';
import classes from './settings.module.css';

/** What is still to be done outside of the desk: the address to paste, and the way to where it is pasted. */
export function InboxSetUp({ inbox, isNew }: { inbox: InboxView; isNew: boolean }) {
  const t = useTranslate();
  const { i18n } = useLingui();
  const steps = setUpSteps(inbox.channel, i18n.locale);
  return (
    <section className={classes['section']}>
      <h2>{t(isNew ? 'inbox.set_up' : 'inbox.address')}</h2>
      <InboxAddress inbox={inbox} />
      {steps.length > 0 && (
        <details className={classes['steps']} open={isNew}>
          <summary>{t('inbox.steps')}</summary>
          <ol>
            {steps.map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ol>
        </details>
      )}
    </section>
  );
}
