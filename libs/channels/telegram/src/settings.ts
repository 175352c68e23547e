import type { ChannelInbox, SettingsFault } from '@tributary/channel-sdk';

const BOT_TOKEN = /^\d{1,20}:[A-Za-z0-9_-]{30,100}$/;
/** Telegram takes from 1 character on; a secret that can be guessed would let anybody write as anybody. */
const WEBHOOK_SECRET = /^[A-Za-z0-9_-]{16,256}$/;

type Settings = Readonly<Record<string, unknown>>;

/** The inbox's own; they passed `checkSettings` when they were saved. Undefined is what was never set. */
export function telegramSettings({ settings }: ChannelInbox) {
  return {
    botToken: secret(settings, 'botToken'),
    webhookSecret: secret(settings, 'webhookSecret'),
    /** Telegram does not call: we ask. */
    isPolled: settings['receive'] === 'polling',
  };
}

export function checkSettings(settings: Settings): readonly SettingsFault[] {
  const faults: SettingsFault[] = [];
  if (!BOT_TOKEN.test(secret(settings, 'botToken') ?? '')) {
    faults.push({ field: 'botToken', message: 'A bot token is digits, a colon, and 35 characters.' });
  }
  if (!WEBHOOK_SECRET.test(secret(settings, 'webhookSecret') ?? '')) {
    const message = 'A webhook secret has 16 to 256 letters, digits, _ and -.';
    faults.push({ field: 'webhookSecret', message });
  }
  return faults;
}

function secret(settings: Settings, name: string): string | undefined {
  const value = settings[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
