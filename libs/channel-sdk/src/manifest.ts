import type { Channel, ReplyWindow, SendPolicy, SettingField } from '@tributary/contracts';

export { ALWAYS_OPEN } from '@tributary/contracts';
export type { ReplyWindow, SendPolicy };

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
  /** When and how much the provider lets us write to a customer; what is over is refused before it is sent. */
  readonly sendPolicy: SendPolicy;
  /** How the translation was proved. */
  readonly verification: 'real_protocol' | 'published_vectors' | 'live_account_needed';
  /**
   * True when the provider hands back what we sent as a message, told from others by its id alone: the host passes over
   * those that it has sent. Where an echo bears a mark of ours, the channel itself makes it `ignored`.
   */
  readonly echoes?: boolean;
  /** Milliseconds until the provider gives up on an answer; null when nobody waits for one. */
  readonly answerWithinMs: number | null;
  /** Kind of the address a customer has here: `email`, `form` ... */
  readonly identityKind: string;
  /** The page a rule of this channel comes from, with the day it was read. */
  readonly sources: readonly { readonly title: string; readonly url: string; readonly read: string }[];
}

/** Where the provider of a channel calls an inbox, below the installation's public address. */
export function hookPath(inbox: Pick<ChannelInbox, 'id'>): string {
  return `/hooks/${inbox.id}`;
}

/** One configured account of a channel, as the channel sees it. Secrets are opened, so: never log it. */
export interface ChannelInbox {
  readonly id: string;
  readonly name: string;
  readonly settings: Readonly<Record<string, unknown>>;
}
