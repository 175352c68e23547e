/*
 * What the door of an inbox of channel `api` takes and posts back. The contract is the OpenAPI document of the desk;
 * a spec of the desk holds these types to it.
 */

export type Priority = 'low' | 'normal' | 'high' | 'urgent';

export interface Customer {
  /** Your id of the customer: the same each time, in every inbox of the workspace. */
  readonly id: string;
  readonly name?: string;
  /** Told to agents; joins nobody to another customer. */
  readonly email?: string;
  readonly phone?: string;
}

/** A file with its bytes in base64, or at an `https` address from which the desk fetches it. */
export type File = { readonly name: string; readonly contentType?: string } & (
  | { readonly content: string; readonly url?: undefined }
  | { readonly url: string; readonly content?: undefined }
);

export interface Message {
  readonly customer: Customer;
  /** A name of your choosing: messages of one customer that share it are one conversation. */
  readonly conversation?: string;
  readonly subject?: string;
  /** Needed unless there are files. */
  readonly text?: string;
  readonly html?: string;
  readonly files?: readonly File[];
  /** BCP 47. */
  readonly language?: string;
  /** Of the ticket that the message begins. */
  readonly priority?: Priority;
  /** Fields of the ticket; `type` and `region` are the ticket's own. */
  readonly fields?: Readonly<Record<string, string>>;
}

/** A machine's alarm: one ticket, however often it is raised while the ticket is not closed. */
export interface Signal {
  /** What raised it, by a name that people know. */
  readonly source: string;
  /** What it is about, the same each time it is raised or cleared. */
  readonly key: string;
  readonly state: 'raised' | 'cleared';
  readonly severity: 'info' | 'warning' | 'error' | 'critical';
  readonly summary: string;
  readonly details?: string;
  /** ISO 8601 with an offset. */
  readonly at?: string;
  readonly fields?: Readonly<Record<string, string>>;
}

/** What became of a reply that you got at your callback address. */
export interface Receipt {
  /** `data.id` of the reply. */
  readonly message: string;
  readonly state: 'delivered' | 'read' | 'failed';
  /** Why it failed; shown to the agent. */
  readonly detail?: string;
}

export interface Accepted {
  /** The id of the call: yours, or the one that was made for it. */
  readonly id: string;
  /** Of a message: the name of its conversation, to go on with. */
  readonly conversation?: string;
}

/** An agent's reply, as it is posted to your callback address. */
export interface ReplyEvent {
  readonly type: 'message.created';
  /** ISO 8601 in UTC. */
  readonly timestamp: string;
  readonly data: {
    /** The same however often it comes: keep it with the reply, and take the reply once. */
    readonly id: string;
    readonly inbox: string;
    readonly ticket: { readonly id: string; readonly number: string };
    readonly conversation: string | null;
    /** Null when it answers a signal. */
    readonly customer: { readonly id: string } | null;
    /** The key of the signal that it answers, or null. */
    readonly signal: string | null;
    readonly author: { readonly name: string };
    readonly subject: string | null;
    readonly text: string;
    /** `content` is base64. */
    readonly files: readonly {
      readonly name: string;
      readonly contentType: string;
      readonly content: string;
    }[];
  };
}
