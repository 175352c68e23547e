import {
  type ChannelInbox,
  type ChannelModule,
  hookPath,
  type Inbound,
  type InboundEvent,
  type WebhookRequest,
} from '@tributary/channel-sdk';
import { instagramManifest, messengerManifest, whatsappManifest } from './manifest.js';
import { fetchMessagingMedia, fetchWhatsappMedia } from './media.js';
import { messagingEvents } from './messaging-events.js';
import { sendMessagingOf } from './messaging-send.js';
import { checkSettingsOf, metaSettings } from './settings.js';
import { listTemplates } from './templates.js';
import { answerWebhook, verifyWebhook, webhookEvents } from './webhook.js';
import { whatsappEvents } from './whatsapp-events.js';
import { sendWhatsapp } from './whatsapp-send.js';

/** One door for all of Meta; the profiles differ in what they read. */
function door(read: (request: WebhookRequest, inbox: ChannelInbox) => readonly InboundEvent[]): Inbound {
  return {
    kind: 'webhook',
    verify: verifyWebhook,
    answer: answerWebhook,
    parse: async (request, inbox) => read(request, inbox),
  };
}

/** Messages to a Facebook page. */
export const messenger: ChannelModule = {
  manifest: messengerManifest,
  inbound: door((request, inbox) => {
    const account = { id: metaSettings(inbox).pageId, identityKind: 'psid', storyMentions: false } as const;
    return webhookEvents(request, 'page', (body) => messagingEvents(body, account));
  }),
  send: sendMessagingOf(messengerManifest),
  fetchMedia: fetchMessagingMedia,
  checkSettings: checkSettingsOf(['pageId']),
  publicAddress: hookPath,
};

/** Direct messages to an Instagram professional account. */
export const instagram: ChannelModule = {
  manifest: instagramManifest,
  inbound: door((request, inbox) => {
    const { accountId, storyMentions } = metaSettings(inbox);
    const account = { id: accountId, identityKind: 'igsid', storyMentions } as const;
    return webhookEvents(request, 'instagram', (body) => messagingEvents(body, account));
  }),
  send: sendMessagingOf(instagramManifest),
  fetchMedia: fetchMessagingMedia,
  checkSettings: checkSettingsOf(['accountId', 'pageId']),
  publicAddress: hookPath,
};

/** Messages to a WhatsApp number, by Meta's Cloud API. */
export const whatsappCloud: ChannelModule = {
  manifest: whatsappManifest,
  inbound: door((request, inbox) => {
    const { phoneNumberId } = metaSettings(inbox);
    return webhookEvents(request, 'whatsapp_business_account', (body) => whatsappEvents(body, phoneNumberId));
  }),
  send: sendWhatsapp,
  templates: listTemplates,
  fetchMedia: fetchWhatsappMedia,
  checkSettings: checkSettingsOf(['phoneNumberId']),
  publicAddress: hookPath,
};
