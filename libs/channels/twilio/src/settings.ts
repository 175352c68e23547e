import type { ChannelInbox, SettingsFault } from '@tributary/channel-sdk';
import type { SettingField } from '@tributary/contracts';
import { isPhoneNumber } from './address.js';

export interface TwilioSettings {
  readonly accountSid: string;
  /** Signs calls to us and opens the API; absent when it is not set, and then nothing is let in. */
  readonly authToken?: string;
  /** E.164 or a short code; absent when the service chooses. */
  readonly sender?: string;
  readonly messagingServiceSid?: string;
  /** Twilio says which texts are an opt-out; the words that count without it are left alone. */
  readonly advancedOptOut: boolean;
}

export const ACCOUNT: readonly SettingField[] = [
  {
    name: 'accountSid',
    label: 'Account SID',
    help: 'On the first page of the Twilio console; begins with AC.',
    type: 'text',
    required: true,
  },
  {
    name: 'authToken',
    label: 'Auth token',
    help: 'Beside the account SID. It proves that a call comes from Twilio, and it sends the replies.',
    type: 'secret',
    required: true,
  },
];

const SERVICE: readonly SettingField[] = [
  {
    name: 'messagingServiceSid',
    label: 'Messaging service SID',
    help: 'Begins with MG. Set it when the number belongs to a messaging service; without a number the service chooses one.',
    type: 'text',
    required: false,
  },
  {
    name: 'advancedOptOut',
    label: 'Advanced opt-out',
    help: 'Turn on when the messaging service has it: then only the words set there end or renew a customer’s consent.',
    type: 'boolean',
    required: false,
    default: false,
  },
];

export const SMS_SETTINGS: readonly SettingField[] = [
  ...ACCOUNT,
  {
    name: 'sender',
    label: 'Phone number',
    help: 'Your number with the country code (+14155550100), or a short code.',
    type: 'text',
    required: false,
  },
  ...SERVICE,
];

export const WHATSAPP_SETTINGS: readonly SettingField[] = [
  ...ACCOUNT,
  {
    name: 'sender',
    label: 'WhatsApp number',
    help: 'The number of your WhatsApp sender, with the country code (+14155550100).',
    type: 'text',
    required: false,
  },
  ...SERVICE.slice(0, 1),
];

/** The inbox's settings; they passed `checkSettings` when they were saved. */
export function twilioSettings({ settings }: ChannelInbox): TwilioSettings {
  return {
    accountSid: text(settings, 'accountSid') ?? '',
    authToken: text(settings, 'authToken'),
    sender: text(settings, 'sender')?.replace(/[\s().-]/g, ''),
    messagingServiceSid: text(settings, 'messagingServiceSid'),
    advancedOptOut: settings['advancedOptOut'] === true,
  };
}

/** What the fields cannot say by themselves: how Twilio's ids look, and that somebody must be the sender. */
export function checkSmsSettings(settings: ChannelInbox['settings']): readonly SettingsFault[] {
  return faultsOf(settings, (sender) => isPhoneNumber(sender) || /^\d{3,8}$/.test(sender));
}

export function checkWhatsappSettings(settings: ChannelInbox['settings']): readonly SettingsFault[] {
  return faultsOf(settings, isPhoneNumber);
}

export function checkAccount(settings: ChannelInbox['settings']): readonly SettingsFault[] {
  const { accountSid } = twilioSettings({ id: '', name: '', settings });
  if (/^AC[0-9a-f]{32}$/.test(accountSid)) return [];
  return [{ field: 'accountSid', message: 'An account SID is AC and 32 digits or letters a to f.' }];
}

function faultsOf(
  settings: ChannelInbox['settings'],
  isSender: (sender: string) => boolean,
): readonly SettingsFault[] {
  const { messagingServiceSid, sender } = twilioSettings({ id: '', name: '', settings });
  const faults = [...checkAccount(settings)];
  if (messagingServiceSid !== undefined && !/^MG[0-9a-f]{32}$/.test(messagingServiceSid)) {
    faults.push({
      field: 'messagingServiceSid',
      message: 'A service SID is MG and 32 digits or letters a to f.',
    });
  }
  if (sender !== undefined && !isSender(sender)) {
    faults.push({ field: 'sender', message: 'Write the number with + and the country code.' });
  }
  if (sender === undefined && messagingServiceSid === undefined) {
    faults.push({ field: 'sender', message: 'A number or a messaging service is needed.' });
  }
  return faults;
}

function text(settings: ChannelInbox['settings'], name: string): string | undefined {
  const value = settings[name];
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}
