import type { StatusCategory } from './ticket-views.js';

/**
 * The customers' chat, below `/chat/<inbox id>`. Pages of other sites call it; everything but the settings and the
 * session carries `Authorization: Bearer <token>` of a session. The doors of an inbox of channel `app` are the same,
 * without settings and session: there the token is the JWT that the company's backend has signed for its user.
 */

/** `GET settings`: what a chat shows before anybody wrote. */
export interface ChatSettings {
  /** As the administrator wrote them; null leaves the words to the widget, in the reader's language. */
  readonly title: string | null;
  readonly greeting: string | null;
  /** `#rrggbb`; null for the widget's own. */
  readonly accent: string | null;
  /** What is asked for before the first message. */
  readonly ask: ChatAsk;
  /** The site must say, signed, who its user is. */
  readonly signedOnly: boolean;
  readonly hours: ChatHours;
  /** What was said can be had by mail. */
  readonly transcripts: boolean;
}

/** Name and e-mail: not asked for, offered, or needed. While the desk is closed an e-mail is always needed. */
export type ChatAsk = 'nothing' | 'offered' | 'needed';

export interface ChatHours {
  readonly open: boolean;
  /** When a closed desk opens next, ISO 8601; null when it is open, or nobody knows. */
  readonly opensAt: string | null;
}

/** `POST sessions`. */
export interface ChatSessionRequest {
  /** Of an earlier session: it goes on, whoever it was. */
  readonly token?: string;
  /** The site's own user; `signature` is HMAC-SHA256 of the id by the inbox's identity secret, in hexadecimal. */
  readonly user?: { readonly id: string; readonly signature: string };
}

export interface ChatSession {
  readonly token: string;
  /** True for a user whom the site has signed for. */
  readonly verified: boolean;
}

/**
 * `POST messages` with `Idempotency-Key`: JSON, or multipart with files. `text`, and on the way to a new ticket
 * `name`, `email`, `language` and `page`. 202 when the message is durable; the same key and content is one message.
 */
export interface ChatAccepted {
  readonly clientId: string;
}

/**
 * `GET messages?after=<cursor>`: for apps that poll. Without a cursor, the last page. `more`: ask again at once. A message
 * may come again, its id says so: a cursor stays before a reply that is not out yet.
 */
export interface ChatPage {
  readonly messages: readonly ChatMessage[];
  readonly cursor: string;
  readonly more: boolean;
  readonly state: ChatState;
}

/** `POST receipts`: one of our messages reached the customer's screen, or their eyes. */
export interface ChatReceiptRequest {
  readonly messageId: string;
  readonly state: 'delivered' | 'read';
}

/** `POST transcripts`, 202: what was said until now goes to the address by mail; once for each end. */
export interface ChatTranscriptRequest {
  readonly email: string;
}

/**
 * `GET events`: server-sent events, read with `fetch`. Each `message` has an `id`; sent back as `Last-Event-ID`, the
 * stream begins after it. What is told again has the same message id: the newer word replaces the older.
 *
 * - `event: message`, data `ChatMessage`
 * - `event: state`, data `ChatState`, when it changed and once at the start, after the messages
 * - `event: typing`, data `ChatTyping`
 * - a comment line every 15 s
 */
export interface ChatMessage {
  readonly id: string;
  /** Orders a thread. */
  readonly position: number;
  /** The key under which the customer's page sent it; null for ours. */
  readonly clientId: string | null;
  readonly from: 'you' | 'us';
  readonly author: string;
  readonly at: string;
  readonly text: string;
  readonly files: readonly ChatFile[];
}

/** Bytes: `GET files/<id>`. */
export interface ChatFile {
  readonly id: string;
  readonly name: string;
  readonly size: number;
  readonly contentType: string;
}

export interface ChatState {
  /** Null until the first message has become a ticket. */
  readonly number: string | null;
  readonly status: StatusCategory | null;
  /** Who has it. */
  readonly agent: string | null;
  /** Position of the last message of the customer's that whoever has the ticket has read; 0 for none. */
  readonly seenUpTo: number;
  /** Customers who wait longer in the same queue; null when nobody needs to wait. */
  readonly ahead: number | null;
  readonly hours: ChatHours;
}

/** Somebody writes; it holds for some seconds. */
export interface ChatTyping {
  readonly name: string;
}
