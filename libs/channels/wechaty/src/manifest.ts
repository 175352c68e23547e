import type { ChannelManifest, SendPolicy } from '@tributary/channel-sdk';

const READ = '2026-11-24';
const MEGABYTE = 1024 * 1024;

/** A person's account has no rules written down; this pace is ours, since accounts that write fast are the first to go. */
const CALM: SendPolicy = { windows: [], templates: false, perSecond: { inbox: 1, contact: 1 } };

export const manifest: ChannelManifest = {
  channel: 'wechaty',
  title: 'WeChat account (Wechaty, unofficial)',
  description:
    'A person’s WeChat account, driven by the Wechaty library: unofficial and against WeChat’s terms, the account may be banned at any time; prefer an Official Account or WeCom.',
  host: 'wechat-ingest',
  settings: [
    {
      name: 'riskAccepted',
      label: 'I know that the account may be banned',
      help: 'Wechaty plays a phone or a browser. WeChat’s terms forbid that, and accounts have been shut out for good.',
      type: 'boolean',
      required: true,
      default: false,
    },
    {
      name: 'bridgeUrl',
      label: 'Address of the bridge',
      help: 'Where the bridge of this account listens, one process an account: https://bridge.example.com. A private address must be allowed in the configuration of the installation.',
      type: 'text',
      required: true,
    },
    {
      name: 'signingSecret',
      label: 'Signing secret',
      help: 'whsec_ and 24 to 64 bytes in base64, the same in the bridge’s configuration. Both sides sign with it.',
      type: 'secret',
      required: true,
    },
  ],
  capabilities: { attachments: true, maxTextLength: 2000, maxAttachmentBytes: 20 * MEGABYTE },
  sendPolicy: CALM,
  verification: 'live_account_needed',
  answerWithinMs: 15_000,
  identityKind: 'wechaty',
  sources: [
    { title: 'Wechaty: the Message class', url: 'https://wechaty.js.org/docs/api/message', read: READ },
    {
      title: 'Standard Webhooks',
      url: 'https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md',
      read: READ,
    },
    {
      title: 'Accounts shut out of the web protocol',
      url: 'https://github.com/wechaty/wechaty/issues/2221',
      read: READ,
    },
  ],
};
