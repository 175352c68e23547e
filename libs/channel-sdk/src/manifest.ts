import type { Channel, SettingField } from '@tributary/contracts';

/** Everything about a channel that is data: the host, the composer, the docs and the contract suite read it. */
export interface ChannelManifest {
  readonly channel: Channel;
  readonly title: string;
  /** One sentence for the administrator who chooses it. */
  readonly description: string;
  /** The process that hosts it. */
  readonly host: 'gateway' | 'email-ingest' | 'voice-ingest' | 'wechat-ingest';
  /** The settings form of an inbox; the API checks against the same list. */
  readonly settings: readonly SettingField[];
  readonly capabilities: {
    readonly attachments: boolean;
    /** Characters of one outbound text; null without limit. */
    readonly maxTextLength: number | null;
    /** Bytes of all attachments of one message. */
    readonly maxAttachmentBytes: number;
  };
  /** Kind of the address a customer has here: `email`, `form` ... */
  readonly identityKind: string;
  /** The page a rule of this channel comes from, with the day it was read. */
  readonly sources: readonly { readonly title: string; readonly url: string; readonly read: string }[];
}

/** One configured account of a channel, as the channel sees it. Secrets are opened, so: never log it. */
export interface ChannelInbox {
  readonly id: string;
  readonly name: string;
  readonly settings: Readonly<Record<string, unknown>>;
}
