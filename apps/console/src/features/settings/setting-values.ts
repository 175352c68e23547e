import type { ChannelView, InboxView } from '@tributary/contracts';

export type SettingValue = string | number | boolean | readonly string[];

const blank = {
  text: '',
  document: '',
  number: '',
  boolean: false,
  secret: '',
  choice: '',
  list: [],
} as const;

/** What the form starts with: what is set, else the default, else blank. Secrets are never read. */
export function initialSettings(channel: ChannelView, inbox: InboxView | null): Record<string, SettingValue> {
  return Object.fromEntries(
    channel.settings.map(({ name, type, default: standard }) => {
      const set = type === 'secret' ? undefined : (inbox?.settings[name] as SettingValue | null | undefined);
      return [name, set ?? standard ?? blank[type]];
    }),
  );
}

const isBlank = (value: SettingValue | undefined): boolean =>
  value === undefined || value === '' || (Array.isArray(value) && value.length === 0);

/** Names of required settings without a value; a secret that is set already needs none. */
export function missingSettings(
  channel: ChannelView,
  values: Readonly<Record<string, SettingValue>>,
  inbox: InboxView | null,
): string[] {
  return channel.settings
    .filter(({ name, required, type }) => {
      if (!required || type === 'boolean' || !isBlank(values[name])) return false;
      return type !== 'secret' || !inbox?.secretsSet[name];
    })
    .map(({ name }) => name);
}

/** What goes to the API: blank fields are left out, and so is a secret that was not typed, which keeps the old one. */
export function settingsToSend(
  channel: ChannelView,
  values: Readonly<Record<string, SettingValue>>,
): Record<string, SettingValue> {
  return Object.fromEntries(
    channel.settings.flatMap(({ name }) => {
      const value = values[name];
      return value === undefined || isBlank(value) ? [] : [[name, value] as const];
    }),
  );
}
