import { ALWAYS_OPEN, type ChannelManifest } from '@tributary/channel-sdk';
import { apiManifest, LARGEST_FILES } from './manifest.js';

const [secret, previousSecret, callbackUrl] = apiManifest.settings;

export const appManifest: ChannelManifest = {
  channel: 'app',
  title: 'Mobile app',
  description: 'A chat inside your own app, for the users who are signed in to it.',
  host: 'gateway',
  settings: [
    {
      name: 'tokenSecret',
      label: 'Token secret',
      help: 'Your backend signs with it who an app’s user is (JWT, HS256); 32 characters or more.',
      type: 'secret',
      required: true,
    },
    {
      ...callbackUrl!,
      help: 'https address of your backend that is told of each reply, to send a push message; may be left empty.',
    },
    {
      ...secret!,
      help: 'Needed with a callback address: whsec_ and 24 to 64 random bytes in base64 (Standard Webhooks).',
      required: false,
    },
    previousSecret!,
  ],
  capabilities: { attachments: true, maxTextLength: 20_000, maxAttachmentBytes: LARGEST_FILES },
  sendPolicy: ALWAYS_OPEN,
  verification: 'real_protocol',
  answerWithinMs: null,
  identityKind: 'user',
  sources: [
    ...apiManifest.sources,
    {
      title: 'JSON Web Token best current practices (RFC 8725)',
      url: 'https://www.rfc-editor.org/rfc/rfc8725',
      read: '2026-11-24',
    },
  ],
};
