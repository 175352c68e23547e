import { useLingui } from '@lingui/react';
import type { Channel, InboxView } from '@tributary/contracts';
import type { MessageId } from '../../i18n/message-ids.js';
import { useTranslate } from '../../i18n/use-translate.js';
import { setUpSteps } from './channel-steps.js';
import { CopyLine } from './CopyLine.js';
import classes from './settings.module.css';

/** What is still to be done outside of the desk: the address to paste, and the way to where it is pasted. */
export function InboxSetUp({ inbox, isNew }: { inbox: InboxView; isNew: boolean }) {
  const t = useTranslate();
  const { i18n } = useLingui();
  const steps = setUpSteps(inbox.channel, i18n.locale);
  return (
    <section className={classes['section']}>
      <h2>{t(isNew ? 'inbox.set_up' : 'inbox.address')}</h2>
      {inbox.publicAddress && (
        <>
          <CopyLine text={inbox.publicAddress} label={t('inboxes.address')} />
          <p className={classes['itemDetail']}>{t(addressHelp(inbox.channel))}</p>
        </>
      )}
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

export function addressHelp(channel: Channel): MessageId {
  if (channel === 'email' || channel === 'web_form' || channel === 'web_chat')
    return `inboxes.address_${channel}`;
  return 'inboxes.address_provider';
}
