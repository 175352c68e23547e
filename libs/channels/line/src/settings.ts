import type { ChannelInbox, SettingsFault } from '@tributary/channel-sdk';

/** What may stand behind “Bearer” (RFC 6750, 2.1). */
const BEARER = /^[\w.~+/-]{20,2000}=*$/;

type Settings = Readonly<Record<string, unknown>>;

/** The inbox's own; they passed `checkSettings` when they were saved. Undefined is what was never set. */
export function lineSettings({ settings }: ChannelInbox) {
  return {
    channelId: text(settings, 'channelId'),
    channelSecret: text(settings, 'channelSecret'),
    accessToken: text(settings, 'accessToken'),
  };
}

export function checkSettings(settings: Settings): readonly SettingsFault[] {
  const faults: SettingsFault[] = [];
  if (!/^\d{6,20}$/.test(text(settings, 'channelId') ?? '')) {
    faults.push({ field: 'channelId', message: 'A channel ID is a number, usually of ten digits.' });
  }
  if (!/^[0-9a-zA-Z_-]{8,128}$/.test(text(settings, 'channelSecret') ?? '')) {
    faults.push({ field: 'channelSecret', message: 'A channel secret is 32 letters and digits.' });
  }
  const token = text(settings, 'accessToken');
  if (token !== undefined && !BEARER.test(token)) {
    faults.push({ field: 'accessToken', message: 'This is no access token of LINE.' });
  }
  return faults;
}

function text(settings: Settings, name: string): string | undefined {
  const value = settings[name];
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}
