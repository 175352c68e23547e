/** One message of the account, as the desk is told of it. Times are milliseconds since 1970. */
export interface ReceivedMessage {
  readonly kind: 'message' | 'recalled';
  /** The library's own: the same each time it tells of the message. */
  readonly id: string;
  readonly at: number;
  readonly from: { readonly id: string; readonly name: string };
  readonly room?: { readonly id: string; readonly topic: string };
  /** True for what the account itself wrote, by whatever hand. */
  readonly self: boolean;
  readonly type: string;
  /** Counts only where there is no file: of a file it is the protocol's own. */
  readonly text: string;
  /** Of a recall: the message that was taken back. */
  readonly recalledId?: string;
  /** Fetches the file from WeChat; undefined when there is none, or it is gone. */
  readonly file?: () => Promise<ReceivedFile | undefined>;
}

export interface ReceivedFile {
  readonly name: string;
  /** Empty when nobody knows. */
  readonly contentType: string;
  readonly content: Uint8Array;
}

export interface OutboundFile {
  readonly name: string;
  readonly contentType: string;
  readonly content: Uint8Array;
}

export interface Recipient {
  readonly kind: 'contact' | 'room';
  readonly id: string;
}

/** A WeChat account that is driven for us. The Wechaty library stands behind it, or a spec's own. */
export interface Account {
  /** True while messages come and go. */
  isLoggedIn(): boolean;
  /**
   * @returns the id of what was sent, where the library tells one.
   * @throws UnknownRecipientError when nobody of this id is among the account's contacts.
   * @throws NotSentError when that could not be found out; nothing was sent in either case.
   */
  say(to: Recipient, what: string | OutboundFile): Promise<string | undefined>;
}

export class UnknownRecipientError extends Error {
  readonly code = 'UNKNOWN_RECIPIENT';
}

export class NotSentError extends Error {
  readonly code = 'NOT_SENT';
}
