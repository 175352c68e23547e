import type { ChannelManifest, SendPolicy } from '@tributary/channel-sdk';
import { GRAPH_VERSION } from './settings.js';

type Setting = ChannelManifest['settings'][number];

const READ = '2026-11-24';
const DOCS = 'https://developers.facebook.com/documentation/business-messaging';

/** Meta wants a median below 250 ms and hardly any over a second, and does not say when it gives up. */
const ANSWER_WITHIN_MS = 5000;

const ACCESS: readonly Setting[] = [
  {
    name: 'accessToken',
    label: 'Access token',
    help: 'Of a system user, so that it does not run out; see the guide for its permissions.',
    type: 'secret',
    required: true,
  },
  {
    name: 'appSecret',
    label: 'App secret',
    help: 'App settings, Basic. Every call of Meta is checked with it, and ours are signed with it.',
    type: 'secret',
    required: true,
  },
  {
    name: 'verifyToken',
    label: 'Verify token',
    help: 'A word of your own, at least 8 characters; give Meta the same with the callback URL.',
    type: 'secret',
    required: true,
  },
  {
    name: 'version',
    label: 'Graph API version',
    help: 'Raise it when Meta announces the end of this one.',
    type: 'text',
    required: false,
    default: GRAPH_VERSION,
  },
];

const PAGE_ID: Setting = {
  name: 'pageId',
  label: 'Page id',
  help: 'Digits; on the page under About, Page transparency.',
  type: 'text',
  required: true,
};

/** 24 hours after the customer wrote; a person of ours may answer for 7 days under a tag that Meta grants the app. */
const PERSON_POLICY: SendPolicy = {
  windows: [
    { opensOn: 'message', hours: 24, messages: null },
    { opensOn: 'message', hours: 7 * 24, messages: null, tag: 'HUMAN_AGENT' },
  ],
  templates: false,
  // Meta counts calls by how many people write to the page; its refusals tell (4, 613, 80006).
  perSecond: { inbox: null, contact: null },
};

export const messengerManifest: ChannelManifest = {
  channel: 'messenger',
  title: 'Messenger',
  description: 'Messages to a Facebook page.',
  host: 'gateway',
  settings: [PAGE_ID, ...ACCESS],
  capabilities: { attachments: true, maxTextLength: 2000, maxAttachmentBytes: 25_000_000 },
  sendPolicy: PERSON_POLICY,
  verification: 'live_account_needed',
  answerWithinMs: ANSWER_WITHIN_MS,
  identityKind: 'psid',
  sources: [
    { title: 'Messenger webhooks', url: `${DOCS}/messenger-platform/webhooks/webhook-events`, read: READ },
    { title: 'Messenger error codes', url: `${DOCS}/messenger-platform/error-codes`, read: READ },
    { title: 'Saving assets', url: `${DOCS}/messenger-platform/send-messages/saving-assets`, read: READ },
  ],
};

export const instagramManifest: ChannelManifest = {
  channel: 'instagram',
  title: 'Instagram',
  description: 'Direct messages to an Instagram professional account that is linked to a Facebook page.',
  host: 'gateway',
  settings: [
    {
      name: 'accountId',
      label: 'Instagram account id',
      help: 'Digits; Meta’s id of the professional account, not its handle.',
      type: 'text',
      required: true,
    },
    { ...PAGE_ID, help: 'Of the page that the account is linked to: replies leave by it.' },
    ...ACCESS,
    {
      name: 'storyMentions',
      label: 'Story mentions are messages',
      help: 'Off, a mention of the account in somebody’s story opens no ticket.',
      type: 'boolean',
      required: false,
      default: false,
    },
  ],
  capabilities: { attachments: true, maxTextLength: 1000, maxAttachmentBytes: 25_000_000 },
  sendPolicy: PERSON_POLICY,
  verification: 'live_account_needed',
  answerWithinMs: ANSWER_WITHIN_MS,
  identityKind: 'igsid',
  sources: [
    { title: 'Instagram messaging webhooks', url: `${DOCS}/instagram-messaging/webhooks`, read: READ },
    { title: 'Instagram uploads', url: `${DOCS}/instagram-messaging/features/attachment-upload`, read: READ },
  ],
};

export const whatsappManifest: ChannelManifest = {
  channel: 'whatsapp_cloud',
  title: 'WhatsApp (Cloud API)',
  description: 'Messages to a WhatsApp business number, by Meta’s own API.',
  host: 'gateway',
  settings: [
    {
      name: 'phoneNumberId',
      label: 'Phone number id',
      help: 'Digits; WhatsApp Manager shows it beside the number, and it is not the number.',
      type: 'text',
      required: true,
    },
    {
      name: 'businessAccountId',
      label: 'WhatsApp business account id',
      help: 'Digits; needed for templates, which may be sent when more than 24 hours have passed.',
      type: 'text',
      required: false,
    },
    ...ACCESS,
  ],
  capabilities: { attachments: true, maxTextLength: 4096, maxAttachmentBytes: 100_000_000 },
  sendPolicy: {
    windows: [{ opensOn: 'message', hours: 24, messages: null }],
    templates: true,
    // A customer may get a burst of 45; after it one in 6 seconds, which WhatsApp's refusal tells (131056).
    perSecond: { inbox: 80, contact: null },
  },
  verification: 'live_account_needed',
  answerWithinMs: ANSWER_WITHIN_MS,
  identityKind: 'bsuid',
  sources: [
    { title: 'WhatsApp messages webhook', url: `${DOCS}/whatsapp/webhooks/reference/messages`, read: READ },
    { title: 'Business-scoped user ids', url: `${DOCS}/whatsapp/business-scoped-user-ids`, read: READ },
    { title: 'WhatsApp templates', url: `${DOCS}/whatsapp/templates/overview`, read: READ },
    { title: 'WhatsApp error codes', url: `${DOCS}/whatsapp/support/error-codes`, read: READ },
  ],
};
