import { randomBytes } from 'node:crypto';

/** A message as the account has it, of either direction. */
export interface TwilioMessage {
  readonly sid: string;
  readonly direction: 'inbound' | 'outbound-api';
  /** With its medium: `whatsapp:+4915155501234`, a bare number for texts. */
  readonly from: string;
  readonly to: string;
  readonly body: string;
  readonly messagingServiceSid?: string;
  readonly statusCallback?: string;
  readonly createdAt: Date;
  /** Of what we sent: as it was fetched. */
  media: readonly TwilioMedia[];
  status: string;
  errorCode?: number;
  /** Of what we sent: the template it is. */
  readonly contentSid?: string;
}

export interface TwilioMedia {
  readonly sid: string;
  readonly contentType: string;
  readonly content: Uint8Array;
}

/** A text of the account's Content Template Builder. */
export interface TwilioContent {
  readonly sid: string;
  readonly friendlyName: string;
  readonly language: string;
  readonly body: string;
  /** Variable to example. */
  readonly variables: Readonly<Record<string, string>>;
  /** WhatsApp's word on it. */
  status: 'unsubmitted' | 'pending' | 'approved' | 'rejected' | 'paused';
}

/** A refusal of the API, as its JSON says it. */
export class TwilioRefusal extends Error {
  constructor(
    readonly status: number,
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

/** What a request to send says. */
export interface SendRequest {
  readonly To?: string;
  readonly From?: string;
  readonly MessagingServiceSid?: string;
  readonly Body?: string;
  readonly MediaUrl?: readonly string[];
  readonly ContentSid?: string;
  readonly ContentVariables?: string;
  readonly StatusCallback?: string;
}

/** What Twilio does only sometimes, switched on at will. */
export interface TwilioFaults {
  /** Each call is made so often; 1. */
  copies: number;
  /** Reports on a message come in the opposite order. */
  reversedReports: boolean;
  /** So many sends are taken without an answer: the connection ends. */
  lostAnswers: number;
  /** Sends a second before the API answers 429; without limit. */
  perSecond: number;
}

const WINDOW_MS = 24 * 3_600_000;
const STOPS = new Set(['STOP', 'STOPALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT', 'REVOKE', 'OPTOUT']);
const STARTS = new Set(['START', 'YES', 'UNSTOP']);

export function newSid(prefix: string): string {
  return prefix + randomBytes(16).toString('hex');
}

/**
 * The rules of an account: its numbers, who opted out, since when a WhatsApp customer may be written to, and what
 * becomes of a message. No server, no clock of its own.
 */
export class TwilioAccount {
  readonly sid = newSid('AC');
  readonly authToken = randomBytes(16).toString('hex');
  /** Number, with its medium, to the address that its messages are handed to. */
  readonly numbers = new Map<string, string>();
  /** Service to its numbers. */
  readonly services = new Map<string, readonly string[]>();
  readonly messages: TwilioMessage[] = [];
  readonly contents: TwilioContent[] = [];
  /** Codes of the requests that the API refused, in their order. */
  readonly refusals: number[] = [];
  /** Phones that are off: what is sent to them is undelivered. */
  readonly unreachable = new Set<string>();
  readonly faults: TwilioFaults = {
    ...{ copies: 1, reversedReports: false, lostAnswers: 0, perSecond: Number.POSITIVE_INFINITY },
  };
  readonly #optedOut = new Set<string>();
  readonly #wroteAt = new Map<string, number>();
  #recentSends: readonly number[] = [];

  constructor(private readonly now: () => Date) {}

  receive(from: string, to: string, body: string, media: readonly TwilioMedia[]): TwilioMessage {
    const word = body.trim().toUpperCase();
    if (isText(to) && STOPS.has(word)) this.#optedOut.add(pair(to, from));
    if (isText(to) && STARTS.has(word)) this.#optedOut.delete(pair(to, from));
    this.#wroteAt.set(pair(to, from), this.now().getTime());
    const sid = newSid(media.length > 0 ? 'MM' : 'SM');
    return this.#keep({ sid, direction: 'inbound', from, to, body, media, status: 'received' });
  }

  /** @throws TwilioRefusal as the API would answer. */
  send(request: SendRequest): TwilioMessage {
    this.#limit();
    const { To: to = '', MessagingServiceSid, StatusCallback, ContentSid: contentSid } = request;
    const body = contentSid === undefined ? (request.Body ?? '') : this.#filled(request);
    if (to === '') throw new TwilioRefusal(400, 21604, "A 'To' phone number is required.");
    if (!/^(?:whatsapp:)?(?:\+[1-9]\d{6,14}|[A-Z]{2}\.\w+)$/.test(to)) {
      throw new TwilioRefusal(400, 21211, `Invalid 'To' Phone Number: ${to}`);
    }
    const mediaUrls = request.MediaUrl ?? [];
    if (!body && mediaUrls.length === 0) {
      throw new TwilioRefusal(400, 21602, 'Message body is required.');
    }
    if (body.length > 1600) throw new TwilioRefusal(400, 21617, 'The message body exceeds 1600 characters.');
    if (StatusCallback !== undefined && URL.parse(StatusCallback) === null) {
      throw new TwilioRefusal(400, 21609, 'The StatusCallback URL is not valid.');
    }
    if (mediaUrls.length > (isText(to) ? 10 : 1)) {
      throw new TwilioRefusal(400, 21623, 'Number of media files exceeds allowed limit');
    }
    if (mediaUrls.some((url) => URL.parse(url)?.protocol !== 'https:')) {
      throw new TwilioRefusal(400, 21620, 'Invalid media URL(s)');
    }
    const from = this.#senderOf(request, to);
    // A service takes everything and fails later; a number refuses at once.
    if (this.#optedOut.has(pair(from, to)) && MessagingServiceSid === undefined) {
      throw new TwilioRefusal(400, 21610, 'Attempt to send to unsubscribed recipient');
    }
    return this.#keep({
      ...{ sid: newSid(mediaUrls.length > 0 ? 'MM' : 'SM'), direction: 'outbound-api', from, to, body },
      ...{ messagingServiceSid: MessagingServiceSid, statusCallback: StatusCallback, media: [], contentSid },
      status: MessagingServiceSid ? 'accepted' : 'queued',
    });
  }

  /** The statuses that a message goes through from here, with the error of the last. */
  fateOf({
    from,
    to,
    errorCode,
    contentSid,
  }: TwilioMessage): readonly { readonly status: string; readonly errorCode?: number }[] {
    if (errorCode !== undefined) return [{ status: 'failed', errorCode }];
    if (this.#optedOut.has(pair(from, to))) return [{ status: 'failed', errorCode: 21610 }];
    const wrote = this.#wroteAt.get(pair(from, to)) ?? Number.NEGATIVE_INFINITY;
    const isApproved = this.contents.some(({ sid, status }) => sid === contentSid && status === 'approved');
    if (!isText(to) && !isApproved && this.now().getTime() - wrote > WINDOW_MS) {
      return [{ status: 'failed', errorCode: 63016 }];
    }
    if (this.unreachable.has(to))
      return [{ status: 'sent' }, { status: 'undelivered', errorCode: isText(to) ? 30003 : 63024 }];
    return [{ status: 'sent' }, { status: 'delivered' }, ...(isText(to) ? [] : [{ status: 'read' }])];
  }

  /** The text that a template comes to; every variable in it has to have a value. */
  #filled({ ContentSid, ContentVariables = '{}' }: SendRequest): string {
    const content = this.contents.find(({ sid }) => sid === ContentSid);
    if (content === undefined) throw new TwilioRefusal(400, 21655, 'The ContentSid is Invalid');
    const values = JSON.parse(ContentVariables) as Record<string, string>;
    return content.body.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => {
      if (!values[name]) throw new TwilioRefusal(400, 21656, 'The ContentVariables Parameter is invalid');
      return values[name];
    });
  }

  #limit(): void {
    const now = this.now().getTime();
    this.#recentSends = this.#recentSends.filter((at) => now - at < 1000);
    if (this.#recentSends.length >= this.faults.perSecond) {
      throw new TwilioRefusal(429, 20429, 'Too Many Requests');
    }
    this.#recentSends = [...this.#recentSends, now];
  }

  #senderOf({ From, MessagingServiceSid }: SendRequest, to: string): string {
    const pool = MessagingServiceSid === undefined ? undefined : this.services.get(MessagingServiceSid);
    if (MessagingServiceSid !== undefined && pool === undefined) {
      throw new TwilioRefusal(404, 21705, 'The Messaging Service does not exist.');
    }
    const from = From ?? pool?.find((number) => isText(number) === isText(to));
    if (from === undefined) throw new TwilioRefusal(400, 21603, "A 'From' phone number is required.");
    if (!this.numbers.has(from) || isText(from) !== isText(to)) {
      throw new TwilioRefusal(400, isText(to) ? 21606 : 63007, `${from} cannot send to ${to}.`);
    }
    return from;
  }

  #keep(message: Omit<TwilioMessage, 'createdAt'>): TwilioMessage {
    const kept = { ...message, createdAt: this.now() };
    this.messages.push(kept);
    return kept;
  }
}

export function isText(address: string): boolean {
  return !address.includes(':');
}

/** What WhatsApp calls the user of a number for this business; the user of an id that hides the number is that id. */
export function userIdOf(address: string): string {
  return address.replace(/^whatsapp:\+(\d+)$/, 'whatsapp:US.9$1');
}

/** A user is one, whether by number or by id. */
function pair(ours: string, theirs: string): string {
  return `${ours} ${userIdOf(theirs)}`;
}
