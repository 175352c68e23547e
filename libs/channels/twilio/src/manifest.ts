import { ALWAYS_OPEN, type ChannelManifest } from '@tributary/channel-sdk';
import { SMS_SETTINGS, WHATSAPP_SETTINGS } from './settings.js';

/** Characters of one message, in all its segments. */
export const LONGEST_TEXT = 1600;
/** Bytes of the files of one message out: networks take MMS of 5 MB, WhatsApp files of 16 MB. */
export const LARGEST_OUT = { sms: 5_000_000, whatsapp: 16_000_000 } as const;
/** Files of one MMS. */
export const MOST_FILES = 10;
/** Bytes of one file that a customer sent: WhatsApp takes 16 MB, networks less. */
export const LARGEST_FILE = 20_000_000;

const SHARED = {
  host: 'gateway',
  verification: 'published_vectors',
  answerWithinMs: 15_000,
  identityKind: 'phone',
} as const;

const SOURCES: ChannelManifest['sources'] = [
  {
    title: 'Security: how calls are signed',
    url: 'https://www.twilio.com/docs/usage/security',
    read: '2026-11-24',
  },
  {
    title: 'What an incoming message carries',
    url: 'https://www.twilio.com/docs/messaging/guides/webhook-request',
    read: '2026-11-24',
  },
  {
    title: 'Messages: sending, statuses',
    url: 'https://www.twilio.com/docs/messaging/api/message-resource',
    read: '2026-11-24',
  },
  {
    title: 'Connection overrides: retries',
    url: 'https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides',
    read: '2026-11-24',
  },
];

export const smsManifest: ChannelManifest = {
  ...SHARED,
  channel: 'sms',
  title: 'Text messages (Twilio)',
  description: 'Texts and pictures to a phone number of yours at Twilio.',
  settings: SMS_SETTINGS,
  capabilities: { attachments: true, maxTextLength: LONGEST_TEXT, maxAttachmentBytes: LARGEST_OUT.sms },
  // Twilio itself queues what a number may not send at once.
  sendPolicy: ALWAYS_OPEN,
  sources: [
    ...SOURCES,
    {
      title: 'Words that opt out',
      url: 'https://help.twilio.com/articles/223134027',
      read: '2026-11-24',
    },
  ],
};

export const whatsappManifest: ChannelManifest = {
  ...SHARED,
  channel: 'whatsapp',
  title: 'WhatsApp (Twilio)',
  description: 'A WhatsApp number of yours that Twilio runs.',
  settings: WHATSAPP_SETTINGS,
  capabilities: { attachments: true, maxTextLength: LONGEST_TEXT, maxAttachmentBytes: LARGEST_OUT.whatsapp },
  sendPolicy: {
    windows: [{ opensOn: 'message', hours: 24, messages: null }],
    templates: true,
    perSecond: { inbox: null, contact: null },
  },
  sources: [
    ...SOURCES,
    {
      title: 'Content templates',
      url: 'https://www.twilio.com/docs/content/content-api-resources',
      read: '2026-11-24',
    },
    {
      title: 'The customer service window',
      url: 'https://www.twilio.com/docs/whatsapp/key-concepts',
      read: '2026-11-24',
    },
  ],
};
