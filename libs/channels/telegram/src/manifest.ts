import type { ChannelManifest } from '@tributary/channel-sdk';

const READ = '2026-11-24';

export const manifest: ChannelManifest = {
  channel: 'telegram',
  title: 'Telegram',
  description: 'A bot of yours: customers write to it, or in groups that it is a member of.',
  host: 'gateway',
  settings: [
    {
      name: 'botToken',
      label: 'Bot token',
      help: 'From @BotFather: digits, a colon, and 35 characters.',
      type: 'secret',
      required: true,
    },
    {
      name: 'webhookSecret',
      label: 'Webhook secret',
      help: 'Made up by you, 16 to 256 letters, digits, _ and -; give setWebhook the same as secret_token.',
      type: 'secret',
      required: true,
    },
    {
      name: 'receive',
      label: 'How updates come',
      help: 'By webhook, Telegram calls this installation. By polling, it is asked: for where Telegram cannot call, such as behind a firewall. A bot has one or the other.',
      type: 'choice',
      required: false,
      choices: ['webhook', 'polling'],
      default: 'webhook',
    },
  ],
  capabilities: { attachments: true, maxTextLength: 4096, maxAttachmentBytes: 50_000_000 },
  sendPolicy: { windows: [], templates: false, perSecond: { inbox: 30, contact: 1 } },
  verification: 'live_account_needed',
  // Not published. Telegram tries again for 24 hours, so a late answer costs a repeated delivery and no message.
  answerWithinMs: 10_000,
  identityKind: 'telegram',
  sources: [
    { title: 'Telegram Bot API', url: 'https://core.telegram.org/bots/api', read: READ },
    { title: 'Telegram bots FAQ: limits', url: 'https://core.telegram.org/bots/faq', read: READ },
    {
      title: 'Bot API server: how webhooks are delivered',
      url: 'https://github.com/tdlib/telegram-bot-api/blob/master/telegram-bot-api/WebhookActor.cpp',
      read: READ,
    },
  ],
};
