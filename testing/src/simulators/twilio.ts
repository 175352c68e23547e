import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { callBack, type TriedCall } from './twilio-calls.js';
import { isText, newSid, TwilioAccount, type TwilioMessage, userIdOf } from './twilio-account.js';
import { TwilioPhone } from './twilio-phone.js';
import { answerRest } from './twilio-rest.js';

/** What a customer writes to one of the account's numbers. */
export interface CustomerMessage {
  /** Without the medium; a number, or the id of a WhatsApp user who hides it. */
  readonly from: string;
  /** One of `assign`. */
  readonly to: string;
  readonly body?: string;
  readonly files?: readonly { readonly contentType: string; readonly content: Uint8Array }[];
  /** Further parameters of the call, as Twilio's pages name them: ProfileName, Latitude ... */
  readonly more?: Readonly<Record<string, string>>;
}

/**
 * One account at Twilio, written from the vendor's pages (read 2026-11-24) and independent of the channel's code:
 * the Messages API with its refusals, signed calls for incoming messages and reports with the retries that the
 * address asks for, files behind credentials and a redirect, opt-outs, and WhatsApp's 24 hours.
 */
export class TwilioSimulator {
  readonly account: TwilioAccount;
  /** Calls to the account's numbers. */
  readonly phone: TwilioPhone;
  #clock: () => Date = () => new Date();
  #calls = 0;
  readonly #reach = new Map<string, string>();
  readonly #reports = new Set<Promise<unknown>>();
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  private constructor() {
    this.account = new TwilioAccount(() => this.#clock());
    this.phone = new TwilioPhone(this.account, () => this.#clock());
  }

  /** On a free port of 127.0.0.1; stands for `https://api.twilio.com`. */
  static async start(): Promise<TwilioSimulator> {
    const twilio = new TwilioSimulator();
    await new Promise<void>((resolve) => twilio.#server.listen(0, '127.0.0.1', resolve));
    return twilio;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** An origin of the web that is somewhere else in truth: Twilio fetches files there. */
  reach(origin: string, place: string): void {
    this.#reach.set(origin, place);
  }

  /** What time it is at Twilio. */
  setClock(now: () => Date): void {
    this.#clock = now;
  }

  /** Lets messages to a number (`+14155550100`, `whatsapp:+14155550100`) be handed to an address. */
  assign(number: string, hookUrl: string): void {
    this.account.numbers.set(number, hookUrl);
  }

  /** A messaging service with these numbers; its SID. */
  addService(...numbers: readonly string[]): string {
    const sid = newSid('MG');
    this.account.services.set(sid, numbers);
    return sid;
  }

  /**
   * Brings a customer's message to the number's address, with Twilio's retries.
   *
   * @returns the tries of every copy, and the message.
   */
  async write(
    message: CustomerMessage,
  ): Promise<{ readonly sid: string; readonly tries: readonly TriedCall[] }> {
    const { to, body = '', files = [], more = {} } = message;
    const from = isText(to) ? message.from : `whatsapp:${message.from}`;
    const media = files.map((file) => ({ ...file, sid: newSid('ME') }));
    const received = this.account.receive(from, to, body, media);
    const url = this.account.numbers.get(to);
    if (url === undefined) throw new Error(`nobody takes messages to ${to}`);
    const tries = await this.#call(url, { ...inboundParameters(this.account.sid, received), ...more });
    return { sid: received.sid, tries };
  }

  /** Hands a customer's message over once more, under its old id: what fetching it from the list would find. */
  async again(sid: string): Promise<readonly TriedCall[]> {
    const message = this.account.messages.find((each) => each.sid === sid);
    const url = this.account.numbers.get(message?.to ?? '');
    if (message === undefined || url === undefined) throw new Error(`nobody takes message ${sid}`);
    return this.#call(url, inboundParameters(this.account.sid, message));
  }

  /** Calls the message's address for reports with this status. */
  async report(sid: string, status: string, errorCode?: number): Promise<readonly TriedCall[]> {
    const message = this.account.messages.find((each) => each.sid === sid);
    if (message === undefined) throw new Error(`no message ${sid}`);
    message.status = status;
    message.errorCode = errorCode;
    if (message.statusCallback === undefined) return [];
    return this.#call(message.statusCallback, reportParameters(this.account.sid, message));
  }

  /** What was sent to a customer by number or id, in the order it was taken. */
  sentTo(address: string): readonly TwilioMessage[] {
    return this.account.messages.filter(
      ({ direction, to }) => direction === 'outbound-api' && userIdOf(to) === userIdOf(address),
    );
  }

  /** Resolves when every report that is due was made. */
  async settled(): Promise<void> {
    while (this.#reports.size > 0) await Promise.all(this.#reports);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
    await this.settled();
  }

  async #call(url: string, parameters: Readonly<Record<string, string>>): Promise<TriedCall[]> {
    const { authToken } = this.account;
    const copies = Array.from({ length: this.account.faults.copies }, () =>
      callBack({ url, authToken, parameters, withoutPort: this.#calls++ % 2 === 1 }),
    );
    return (await Promise.all(copies)).flat();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const sent = await answerRest(this.account, this.phone, this.origin, request, response, this.#reach);
    if (sent === undefined) return;
    const reporting = this.#reportOn(sent).finally(() => this.#reports.delete(reporting));
    this.#reports.add(reporting);
  }

  async #reportOn(message: TwilioMessage): Promise<void> {
    const fate = this.account.fateOf(message);
    const last = fate.at(-1)!;
    for (const { status, errorCode } of this.account.faults.reversedReports ? fate.toReversed() : fate) {
      await this.report(message.sid, status, errorCode).catch(() => undefined);
    }
    message.status = last.status;
    message.errorCode = last.errorCode;
  }
}

function inboundParameters(accountSid: string, message: TwilioMessage): Record<string, string> {
  const { sid, from, to, body, media } = message;
  const files = media.flatMap((file, at) => [
    [`MediaContentType${at}`, file.contentType],
    [`MediaUrl${at}`, mediaUrl(accountSid, sid, file.sid)],
  ]);
  return {
    ...{ MessageSid: sid, SmsSid: sid, SmsMessageSid: sid, AccountSid: accountSid, SmsStatus: 'received' },
    ...{ From: from, To: to, Body: body, NumMedia: String(media.length), NumSegments: '1' },
    ...{ ApiVersion: '2010-04-01' },
    ...(isText(to) ? { FromCountry: 'US', ToCountry: 'US' } : whatsappParameters(from)),
    ...(Object.fromEntries(files) as Record<string, string>),
  };
}

function whatsappParameters(from: string): Record<string, string> {
  const digits = /^whatsapp:\+(\d+)$/.exec(from)?.[1];
  return {
    ...{ MessageType: 'text', ReferralNumMedia: '0', ExternalUserId: userIdOf(from) },
    ...(digits ? { WaId: digits } : {}),
  };
}

function reportParameters(accountSid: string, message: TwilioMessage): Record<string, string> {
  const { sid, status, from, to, errorCode, messagingServiceSid } = message;
  return {
    ...{ MessageSid: sid, SmsSid: sid, MessageStatus: status, SmsStatus: status, AccountSid: accountSid },
    ...{ From: from, To: to, ApiVersion: '2010-04-01' },
    ...(errorCode === undefined ? {} : { ErrorCode: String(errorCode) }),
    ...(messagingServiceSid === undefined ? {} : { MessagingServiceSid: messagingServiceSid }),
    ...(isText(to)
      ? {}
      : {
          ChannelPrefix: 'whatsapp',
          ExternalUserId: userIdOf(to),
          ...(status === 'read' ? { EventType: 'READ' } : {}),
        }),
  };
}

/** Always at the vendor's own address, as in real calls. */
function mediaUrl(accountSid: string, messageSid: string, mediaSid: string): string {
  return `https://api.twilio.com/2010-04-01/Accounts/${accountSid}/Messages/${messageSid}/Media/${mediaSid}`;
}

export { userIdOf };
