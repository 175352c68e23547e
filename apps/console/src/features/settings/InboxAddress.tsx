import type { Channel, InboxView } from '@tributary/contracts';
import type { MessageId } from '../../i18n/message-ids.js';
import { useTranslate } from '../../i18n/use-translate.js';
import { CopyLine } from './CopyLine.js';
import classes from './settings.module.css';

/** Where customers or their provider reach the inbox, to be copied, and what to do with it. */
export function InboxAddress({ inbox: { id, channel, publicAddress } }: { inbox: InboxView }) {
  const t = useTranslate();
  if (!publicAddress) return null;
  return (
    <>
      <CopyLine text={publicAddress} label={t('inboxes.address')} />
      <p className={classes['itemDetail']}>{t(HELP[channel] ?? 'inboxes.address_provider')}</p>
      {channel === 'web_chat' && (
        <>
          <CopyLine text={chatSnippet(publicAddress, id)} label={t('inboxes.snippet')} />
          <p className={classes['itemDetail']}>{t('inboxes.snippet_help')}</p>
        </>
      )}
    </>
  );
}

/** Of channels without a provider. */
const HELP: Readonly<Partial<Record<Channel, MessageId>>> = {
  email: 'inboxes.address_email',
  web_form: 'inboxes.address_web_form',
  web_chat: 'inboxes.address_web_chat',
  app: 'inboxes.address_app',
  api: 'inboxes.address_api',
  wechaty: 'inboxes.address_wechaty',
};

function chatSnippet(address: string, inboxId: string): string {
  return `<script src="${new URL('/chat.js', address).href}" data-inbox="${inboxId}" async></script>`;
}
