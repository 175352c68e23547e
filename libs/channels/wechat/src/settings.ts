import type { ChannelInbox, SettingsFault } from '@tributary/channel-sdk';
import type { CallbackKeys } from './callback.js';
import { readAesKey } from './envelope-cipher.js';
import { ORDER_PATTERN, type OrderRules } from './order-number.js';

type Settings = Readonly<Record<string, unknown>>;

/** A setting without the blanks that copying leaves; empty when it is none. */
export function textSetting({ settings }: Pick<ChannelInbox, 'settings'>, name: string): string {
  const value = settings[name];
  return typeof value === 'string' ? value.trim() : '';
}

export function listSetting({ settings }: Pick<ChannelInbox, 'settings'>, name: string): readonly string[] {
  const value = settings[name];
  if (!Array.isArray(value)) return [];
  return (value as unknown[])
    .filter((each) => typeof each === 'string')
    .map((each) => each.trim())
    .filter((each) => each !== '');
}

export function orderRules(inbox: Pick<ChannelInbox, 'settings'>): OrderRules {
  return { names: listSetting(inbox, 'orderParameters'), patterns: listSetting(inbox, 'orderPatterns') };
}

/** Of an Official Account or a mini-program. */
export const accountKeys = onceAnInbox((inbox) => ({
  ...{ receiver: textSetting(inbox, 'appId'), token: textSetting(inbox, 'callbackToken') },
  ...sealOf(inbox),
  isEchoSealed: false,
}));

/** Of a WeCom company. Its callbacks are always sealed. */
export const companyKeys = onceAnInbox((inbox) => {
  const seal = sealOf(inbox);
  const token = seal.isSealed ? textSetting(inbox, 'callbackToken') : '';
  return { receiver: textSetting(inbox, 'corpId'), token, ...seal, isEchoSealed: true };
});

function sealOf(inbox: ChannelInbox): Pick<CallbackKeys, 'isSealed' | 'aesKey'> {
  const encodingAesKey = textSetting(inbox, 'encodingAesKey');
  return { isSealed: encodingAesKey !== '', aesKey: readAesKey(encodingAesKey) };
}

/** A call asks for its inbox's keys three times, and the host gives calls of one moment the same inbox. */
function onceAnInbox(read: (inbox: ChannelInbox) => CallbackKeys): (inbox: ChannelInbox) => CallbackKeys {
  const known = new WeakMap<ChannelInbox, CallbackKeys>();
  return (inbox) => {
    const before = known.get(inbox);
    if (before) return before;
    const keys = read(inbox);
    known.set(inbox, keys);
    return keys;
  };
}

export function checkAccountSettings(settings: Settings): readonly SettingsFault[] {
  const faults = [...checkCallback(settings), ...checkOrders(settings)];
  if (!/^wx[0-9a-zA-Z]{16}$/.test(textSetting({ settings }, 'appId'))) {
    faults.push({ field: 'appId', message: 'An AppID is wx and 16 letters or digits.' });
  }
  return faults;
}

export function checkCompanySettings(settings: Settings): readonly SettingsFault[] {
  const faults = [...checkCallback(settings), ...checkOrders(settings)];
  const inbox = { settings };
  if (textSetting(inbox, 'corpId') === '') faults.push({ field: 'corpId', message: 'A CorpID is needed.' });
  if (textSetting(inbox, 'encodingAesKey') === '') {
    faults.push({ field: 'encodingAesKey', message: 'WeCom always encrypts: the key is needed.' });
  }
  const ids = listSetting(inbox, 'openKfIds');
  if (ids.length === 0 || !ids.every((id) => /^wk[\w-]{1,62}$/.test(id))) {
    faults.push({
      field: 'openKfIds',
      message: 'List the ids of the accounts to serve; each begins with wk.',
    });
  }
  const noticeAgentId = textSetting(inbox, 'noticeAgentId');
  if (!/^\d{0,15}$/.test(noticeAgentId)) {
    faults.push({ field: 'noticeAgentId', message: 'An AgentId is a number, such as 1000002.' });
  }
  if ((noticeAgentId === '') !== (textSetting(inbox, 'noticeSecret') === '')) {
    const field = noticeAgentId === '' ? 'noticeAgentId' : 'noticeSecret';
    faults.push({ field, message: 'Notices need the AgentId and the Secret of one application.' });
  }
  for (const field of ['welcomeText', 'endText']) {
    if (Buffer.byteLength(textSetting(inbox, field)) > 2048) {
      faults.push({ field, message: 'A text has at most 2,048 bytes: 682 Chinese characters.' });
    }
  }
  return faults;
}

function checkCallback(settings: Settings): SettingsFault[] {
  const faults: SettingsFault[] = [];
  const token = textSetting({ settings }, 'callbackToken');
  if (!/^[A-Za-z0-9]{3,32}$/.test(token)) {
    faults.push({ field: 'callbackToken', message: 'A token is 3 to 32 letters or digits.' });
  }
  const key = textSetting({ settings }, 'encodingAesKey');
  if (key !== '' && readAesKey(key) === null) {
    faults.push({ field: 'encodingAesKey', message: 'An EncodingAESKey is 43 letters or digits.' });
  }
  return faults;
}

function checkOrders(settings: Settings): SettingsFault[] {
  const faults: SettingsFault[] = [];
  if (!listSetting({ settings }, 'orderPatterns').every((each) => ORDER_PATTERN.test(each))) {
    faults.push({
      field: 'orderPatterns',
      message: 'A pattern has 3 to 64 letters, digits, - and _, and # or @ among them.',
    });
  }
  const link = textSetting({ settings }, 'orderLink');
  if (link !== '' && !(/^https?:\/\/[^/{}]+\//.test(link) && link.includes('{order}'))) {
    faults.push({
      field: 'orderLink',
      message: 'A link begins with https:// and has {order} behind the host.',
    });
  }
  return faults;
}
