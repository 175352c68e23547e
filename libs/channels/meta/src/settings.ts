import type { ChannelInbox, SettingsFault } from '@tributary/channel-sdk';

/** Newest version when this was written; Meta keeps one for about two years. */
export const GRAPH_VERSION = 'v25.0';

/** An inbox's settings with defaults applied; empty where nothing is set. */
export interface MetaSettings {
  readonly appSecret: string;
  readonly verifyToken: string;
  readonly accessToken: string;
  readonly version: string;
  /** Facebook page of a Messenger or Instagram inbox: what the Send API is called for. */
  readonly pageId: string;
  /** Instagram professional account. */
  readonly accountId: string;
  /** WhatsApp's id of a number, not the number. */
  readonly phoneNumberId: string;
  /** WhatsApp's id of the business account that the number is of; empty without templates. */
  readonly businessAccountId: string;
  readonly storyMentions: boolean;
}

export function metaSettings({ settings }: Pick<ChannelInbox, 'settings'>): MetaSettings {
  const read = (name: string): string => {
    const value = settings[name];
    return typeof value === 'string' ? value.trim() : '';
  };
  return {
    appSecret: read('appSecret'),
    verifyToken: read('verifyToken'),
    accessToken: read('accessToken'),
    version: read('version') || GRAPH_VERSION,
    pageId: read('pageId'),
    accountId: read('accountId'),
    phoneNumberId: read('phoneNumberId'),
    businessAccountId: read('businessAccountId'),
    storyMentions: settings.storyMentions === true,
  };
}

/**
 * @param ids names of the fields that hold an id of Meta's.
 */
export function checkSettingsOf(
  ids: readonly ('pageId' | 'accountId' | 'phoneNumberId')[],
): (settings: Readonly<Record<string, unknown>>) => readonly SettingsFault[] {
  return (given) => {
    const settings = metaSettings({ settings: given });
    return [
      ...ids
        .filter((field) => !/^\d{5,30}$/.test(settings[field]))
        .map((field) => ({
          field,
          message: 'An id of Meta’s: digits alone, no name and no number with a plus.',
        })),
      ...(/^(?:\d{5,30})?$/.test(settings.businessAccountId)
        ? []
        : [{ field: 'businessAccountId', message: 'An id of Meta’s: digits alone.' }]),
      ...(/^v\d{1,3}\.\d$/.test(settings.version)
        ? []
        : [{ field: 'version', message: `A version of the Graph API, like ${GRAPH_VERSION}.` }]),
      ...(settings.verifyToken.length >= 8
        ? []
        : [{ field: 'verifyToken', message: 'At least 8 characters, as nobody may guess it.' }]),
    ];
  };
}
