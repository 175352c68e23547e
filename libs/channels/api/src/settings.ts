import { type ChannelInbox, keyOf, type SettingsFault } from '@tributary/channel-sdk';

type Settings = Readonly<Record<string, unknown>>;

export interface ApiSettings {
  /** What calls are verified and callbacks are signed with, the present key first; empty when none was set. */
  readonly keys: readonly Uint8Array[];
  readonly callbackUrl?: string;
}

const IS_NO_SECRET = 'A secret is whsec_ and 24 to 64 random bytes in base64.';

/** The inbox's own; they passed `checkSettings` when they were saved. */
export function apiSettings({ settings }: ChannelInbox): ApiSettings {
  const callbackUrl = text(settings, 'callbackUrl');
  return {
    keys: ['secret', 'previousSecret'].flatMap((name) => keyOf(text(settings, name) ?? '') ?? []),
    ...(callbackUrl === undefined ? {} : { callbackUrl }),
  };
}

export function checkSettings(settings: Settings): readonly SettingsFault[] {
  const faults = checkCallback(settings);
  return text(settings, 'secret') === undefined
    ? [{ field: 'secret', message: IS_NO_SECRET }, ...faults]
    : faults;
}

/** Where replies are posted, and what they are signed with; all of it may be absent. */
export function checkCallback(settings: Settings): readonly SettingsFault[] {
  const faults: SettingsFault[] = ['secret', 'previousSecret'].flatMap((field) => {
    const secret = text(settings, field);
    return secret === undefined || keyOf(secret) !== undefined ? [] : [{ field, message: IS_NO_SECRET }];
  });
  const callback = text(settings, 'callbackUrl');
  const fault = callback === undefined ? undefined : callbackFault(callback);
  if (fault !== undefined) faults.push({ field: 'callbackUrl', message: fault });
  return faults;
}

/** What an address says of itself; where a name leads is found out when it is called. */
function callbackFault(address: string): string | undefined {
  const url = URL.parse(address);
  if (url?.protocol !== 'https:') return 'The callback address begins with https://.';
  if (url.username !== '' || url.password !== '') return 'Callbacks are signed: leave user and password out.';
  // Such an address has no certificate that anybody could check, or is a private one.
  if (/^\[|^[\d.]+$|(?:^|\.)localhost$/.test(url.hostname))
    return 'The callback address has a public host name.';
  return undefined;
}

function text(settings: Settings, name: string): string | undefined {
  const value = settings[name];
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}
