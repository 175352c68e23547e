import { type ChannelInbox, keyOf, type SettingsFault } from '@tributary/channel-sdk';

/** None where the secret is missing or malformed: then nothing is verified and nothing is sent. */
export function signingKeys({ settings }: Pick<ChannelInbox, 'settings'>): readonly Uint8Array[] {
  const secret = settings['signingSecret'];
  const key = typeof secret === 'string' ? keyOf(secret.trim()) : undefined;
  return key === undefined ? [] : [key];
}

/** Without a slash at the end; undefined when it is no address of a server. */
export function bridgeUrl({ settings }: Pick<ChannelInbox, 'settings'>): string | undefined {
  const value = settings['bridgeUrl'];
  if (typeof value !== 'string' || !URL.canParse(value.trim())) return undefined;
  const { protocol, origin, pathname, search, hash, username } = new URL(value.trim());
  const isServer = protocol === 'https:' || protocol === 'http:';
  if (!isServer || search !== '' || hash !== '' || username !== '') return undefined;
  return `${origin}${pathname.replace(/\/+$/, '')}`;
}

export function checkSettings(settings: Readonly<Record<string, unknown>>): readonly SettingsFault[] {
  const faults: SettingsFault[] = [];
  if (settings['riskAccepted'] !== true) {
    faults.push({ field: 'riskAccepted', message: 'Only with the risk accepted can such an inbox be made.' });
  }
  if (bridgeUrl({ settings }) === undefined) {
    faults.push({ field: 'bridgeUrl', message: 'An address begins with https:// and has no query.' });
  }
  if (signingKeys({ settings }).length === 0) {
    faults.push({
      field: 'signingSecret',
      message: 'A secret is whsec_ and 24 to 64 bytes in base64.',
    });
  }
  return faults;
}
