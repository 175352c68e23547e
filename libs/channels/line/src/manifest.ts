import type { ChannelManifest } from '@tributary/channel-sdk';

const READ = '2026-11-24';
const DOCS = 'https://developers.line.biz/en';

export const manifest: ChannelManifest = {
  channel: 'line',
  title: 'LINE',
  description:
    'A LINE Official Account: friends, groups and rooms write to it, and replies are pushed to them.',
  host: 'gateway',
  settings: [
    {
      name: 'channelId',
      label: 'Channel ID',
      help: 'Ten digits, from the Basic settings of the Messaging API channel.',
      type: 'text',
      required: true,
    },
    {
      name: 'channelSecret',
      label: 'Channel secret',
      help: '32 characters, from the same page; LINE signs its calls with it.',
      type: 'secret',
      required: true,
    },
    {
      name: 'accessToken',
      label: 'Channel access token',
      help: 'The long-lived one from the Messaging API tab. Left empty, short-lived ones are obtained with ID and secret.',
      type: 'secret',
      required: false,
    },
  ],
  // Five texts of 5,000 go out in one call, and where one is cut, half a character may have to wait for the next.
  capabilities: { attachments: true, maxTextLength: 5 * 4999, maxAttachmentBytes: 20_000_000 },
  sendPolicy: { windows: [], templates: false, perSecond: { inbox: 2000, contact: null } },
  verification: 'published_vectors',
  answerWithinMs: 2000,
  identityKind: 'line',
  sources: [
    { title: 'Messaging API reference', url: `${DOCS}/reference/messaging-api/`, read: READ },
    {
      title: 'Verify webhook signature',
      url: `${DOCS}/docs/messaging-api/verify-webhook-signature/`,
      read: READ,
    },
    {
      title: 'Retry failed API requests',
      url: `${DOCS}/docs/messaging-api/retrying-api-request/`,
      read: READ,
    },
    {
      title: 'OpenAPI of the webhook',
      url: 'https://github.com/line/line-openapi/blob/main/webhook.yml',
      read: READ,
    },
  ],
};
