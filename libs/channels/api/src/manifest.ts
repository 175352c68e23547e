import { ALWAYS_OPEN, type ChannelManifest } from '@tributary/channel-sdk';

export const LONGEST_TEXT = 100_000;
/** Bytes; they travel in the callback itself, a third larger. */
export const LARGEST_FILES = 5_000_000;

export const apiManifest: ChannelManifest = {
  channel: 'api',
  title: 'API',
  description: 'Your own systems write here and get replies back, by signed requests; devices raise alarms.',
  host: 'gateway',
  settings: [
    {
      name: 'secret',
      label: 'Signing secret',
      help: 'whsec_ and 24 to 64 random bytes in base64; your system and this inbox sign with it (Standard Webhooks).',
      type: 'secret',
      required: true,
    },
    {
      name: 'previousSecret',
      label: 'Previous signing secret',
      help: 'While you change secrets: calls signed with it are taken too. Empty it when your systems have the new one.',
      type: 'secret',
      required: false,
    },
    {
      name: 'callbackUrl',
      label: 'Callback address',
      help: 'https address of your system that gets the agents’ replies; without it, agents cannot answer here.',
      type: 'text',
      required: false,
    },
  ],
  capabilities: { attachments: true, maxTextLength: LONGEST_TEXT, maxAttachmentBytes: LARGEST_FILES },
  sendPolicy: ALWAYS_OPEN,
  verification: 'real_protocol',
  keyHeader: 'webhook-id',
  answerWithinMs: 10_000,
  identityKind: 'user',
  sources: [
    {
      title: 'Standard Webhooks',
      url: 'https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md',
      read: '2026-11-24',
    },
  ],
};
