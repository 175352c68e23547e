import { newSid, type TwilioAccount } from './twilio-account.js';
import { callBack } from './twilio-calls.js';
import { readTwiml, type TwimlVerb } from './twiml-document.js';

/** A number of the account, as an administrator sets it up in Twilio's console. */
export interface PhoneLine {
  /** "A call comes in". */
  readonly voiceUrl: string;
  /** "Call status changes". */
  readonly statusUrl?: string;
  /** What is played when the address does not answer: a TwiML Bin, which Twilio keeps. */
  readonly fallback?: string;
}

export interface Recording {
  readonly sid: string;
  readonly source: 'RecordVerb' | 'DialVerb';
  readonly duration: number;
  readonly content: Uint8Array;
}

/** What the caller is in at the moment. */
type Place =
  | { readonly kind: 'gather'; readonly verb: TwimlVerb; readonly rest: readonly TwimlVerb[] }
  | { readonly kind: 'record'; readonly verb: TwimlVerb; readonly rest: readonly TwimlVerb[] }
  | {
      readonly kind: 'dial';
      readonly verb: TwimlVerb;
      readonly rest: readonly TwimlVerb[];
      readonly leg: string;
    }
  | { readonly kind: 'ended' };

/** What the first frame of an MP3 begins with (MPEG 1, layer III, 128 kbit/s); the words stand behind it. */
const MP3_FRAME = Buffer.from([0xff, 0xfb, 0x90, 0x64]);

type Parameters = Readonly<Record<string, string>>;

/** A call on the caller's side: what they hear, and what they do. Written from Twilio's pages, read 2026-11-24. */
export class PhoneCall {
  readonly sid = newSid('CA');
  readonly recordings: Recording[] = [];
  /** Everything that was said or played, in order. */
  readonly heard: string[] = [];
  readonly startedAt: Date;
  status: 'ringing' | 'in-progress' | 'completed' = 'ringing';
  /** True once the line's fallback was played. */
  fellBack = false;
  /** Where the caller stands in line; seconds of waiting. */
  position = 1;
  waited = 0;
  duration = 0;
  #place: Place = { kind: 'ended' };
  #queue: TwimlVerb | undefined;

  constructor(
    private readonly account: TwilioAccount,
    private readonly line: PhoneLine,
    readonly from: string,
    readonly to: string,
    private readonly name: string | undefined,
    now: Date,
  ) {
    this.startedAt = now;
  }

  /** What the caller is in: a menu, a recording, the queue ... */
  get place(): Place['kind'] | 'queue' {
    return this.#queue === undefined ? this.#place.kind : 'queue';
  }

  /** The number that is being dialled. */
  get dialled(): string | undefined {
    return this.#place.kind === 'dial' ? this.#place.verb.verbs[0]?.text : undefined;
  }

  /** Calls that this one has made and that go on. */
  get legs(): readonly { readonly sid: string; readonly status: string }[] {
    return this.#place.kind === 'dial' ? [{ sid: this.#place.leg, status: 'ringing' }] : [];
  }

  async ring(): Promise<void> {
    await this.#fetch(this.line.voiceUrl, {}, 'ringing');
    if (this.status === 'ringing') this.status = 'in-progress';
  }

  async press(digit: string): Promise<void> {
    const place = this.#at('gather');
    await this.#fetch(place.verb.attributes['action']!, { Digits: digit, msg: 'Gather End' });
  }

  /** Nothing is pressed until the time is over. */
  async pressNothing(): Promise<void> {
    await this.#run(this.#at('gather').rest);
  }

  /** Speaks after the tone and presses the key that ends it, or hangs up. */
  async speak(
    content: string,
    options: { readonly seconds?: number; readonly hangsUp?: boolean } = {},
  ): Promise<void> {
    const { seconds = 7, hangsUp = false } = options;
    const { verb } = this.#at('record');
    const recording = this.#keep('RecordVerb', seconds, content);
    const parameters = this.#recorded(recording);
    if (hangsUp) await this.#end();
    else await this.#fetch(verb.attributes['action']!, { ...parameters, Digits: '#' });
    await this.#report(verb.attributes['recordingStatusCallback'], {
      ...parameters,
      RecordingStatus: 'completed',
    });
    if (verb.attributes['transcribe'] !== 'true') return;
    await this.#report(verb.attributes['transcribeCallback'], {
      ...{ RecordingSid: recording.sid, TranscriptionSid: newSid('TR'), TranscriptionStatus: 'completed' },
      ...{ TranscriptionText: content, CallSid: this.sid },
    });
  }

  /** Time passes in the queue: what is played while waiting is asked for again. */
  async wait(seconds: number): Promise<void> {
    const queue = this.#queue;
    if (queue === undefined) throw new Error('the caller waits in no queue');
    this.waited += seconds;
    await this.#fetch(queue.attributes['waitUrl']!, this.#queueing());
  }

  async hangUp(): Promise<void> {
    const queue = this.#queue;
    this.#queue = undefined;
    const leaving = { ...this.#queueing(), QueueResult: 'hangup' };
    const place = this.#place;
    await this.#end();
    if (queue) await this.#report(queue.attributes['action'], leaving);
    else if (place.kind === 'dial')
      await this.#report(place.verb.attributes['action'], this.#leg(place.leg, 'no-answer'));
  }

  /** The API puts another document in the place of what the caller hears. */
  async redirect(document: string): Promise<void> {
    const queue = this.#queue;
    this.#queue = undefined;
    if (queue)
      await this.#report(queue.attributes['action'], { ...this.#queueing(), QueueResult: 'redirected' });
    await this.#run(readTwiml(document));
  }

  /** The agent's phone is picked up; they talk for so long, and then the agent hangs up. */
  async talk(seconds: number, content = 'both talk'): Promise<void> {
    const { verb, leg } = this.#at('dial');
    await this.#report(verb.verbs[0]?.attributes['statusCallback'], {
      ...{
        CallSid: leg,
        ParentCallSid: this.sid,
        CallStatus: 'in-progress',
        From: this.to,
        To: this.dialled ?? '',
      },
    });
    this.duration += seconds;
    if (verb.attributes['record'] !== undefined) {
      const recorded = this.#recorded(this.#keep('DialVerb', seconds, content));
      await this.#report(verb.attributes['recordingStatusCallback'], {
        ...recorded,
        RecordingStatus: 'completed',
      });
    }
    await this.#fetch(verb.attributes['action']!, {
      ...this.#leg(leg, 'completed'),
      DialCallDuration: String(seconds),
    });
  }

  /** Nobody picks the agent's phone up. */
  async ringOut(status: 'no-answer' | 'busy' | 'failed' = 'no-answer'): Promise<void> {
    const { verb, leg } = this.#at('dial');
    await this.#fetch(verb.attributes['action']!, this.#leg(leg, status));
  }

  /** Calls the line's address for statuses, in whatever order. */
  async reportStatus(status: string): Promise<void> {
    const end: Parameters = status === 'completed' ? { CallDuration: String(this.duration) } : {};
    await this.#report(this.line.statusUrl, { ...this.#own(), CallStatus: status, ...end });
  }

  #at<Kind extends Place['kind']>(kind: Kind): Extract<Place, { kind: Kind }> {
    if (this.#place.kind !== kind) throw new Error(`the caller is at ${this.#place.kind}, not at ${kind}`);
    return this.#place as Extract<Place, { kind: Kind }>;
  }

  async #fetch(url: string, parameters: Parameters, status = 'in-progress'): Promise<void> {
    const { authToken } = this.account;
    const all = { ...this.#own(), CallStatus: status, ...parameters };
    const queue = this.#queue;
    const tried = (await callBack({ url, authToken, parameters: all, withoutPort: false })).at(-1)!;
    // Whoever was taken out of the queue meanwhile hears no more of what is played there.
    if (queue !== this.#queue) return;
    const verbs = tried.status === 200 ? readable(tried.body) : undefined;
    if (verbs !== undefined) return this.#run(verbs);
    this.#queue = undefined;
    if (this.line.fallback === undefined || this.fellBack) return this.#end();
    this.fellBack = true;
    await this.#run(readTwiml(this.line.fallback));
  }

  async #run([verb, ...rest]: readonly TwimlVerb[]): Promise<void> {
    if (verb === undefined) return this.#queue === undefined ? this.#end() : this.#idle();
    switch (verb.name) {
      case 'Say':
      case 'Play':
        this.heard.push(verb.text);
        return this.#run(rest);
      case 'Pause':
        return this.#run(rest);
      case 'Gather':
        for (const each of verb.verbs) this.heard.push(each.text);
        this.#place = { kind: 'gather', verb, rest };
        return;
      case 'Record':
        this.#place = { kind: 'record', verb, rest };
        return;
      case 'Dial':
        this.#place = { kind: 'dial', verb, rest, leg: newSid('CA') };
        return;
      case 'Redirect':
        return this.#fetch(verb.text, {});
      case 'Enqueue':
        this.#queue = verb;
        return this.#fetch(verb.attributes['waitUrl']!, this.#queueing());
      case 'Leave': {
        const queue = this.#queue!;
        this.#queue = undefined;
        return this.#fetch(queue.attributes['action']!, { ...this.#queueing(), QueueResult: 'leave' });
      }
      default:
        return this.#end();
    }
  }

  #idle(): void {
    this.#place = { kind: 'ended' };
  }

  async #end(): Promise<void> {
    if (this.status === 'completed') return;
    this.status = 'completed';
    this.duration += this.waited + 5;
    this.#idle();
    await this.reportStatus('completed');
  }

  async #report(url: string | undefined, parameters: Parameters): Promise<void> {
    if (url === undefined) return;
    const { authToken, faults } = this.account;
    const all = { AccountSid: this.account.sid, ApiVersion: '2010-04-01', CallSid: this.sid, ...parameters };
    const copies = Array.from({ length: faults.copies }, () =>
      callBack({ url, authToken, parameters: all, withoutPort: true }),
    );
    await Promise.all(copies);
  }

  #keep(source: Recording['source'], duration: number, content: string): Recording {
    const recording = {
      sid: newSid('RE'),
      source,
      duration,
      content: Buffer.concat([MP3_FRAME, Buffer.from(content)]),
    };
    this.recordings.push(recording);
    return recording;
  }

  #recorded({ sid, duration, source }: Recording): Parameters {
    const url = `https://api.twilio.com/2010-04-01/Accounts/${this.account.sid}/Recordings/${sid}`;
    return {
      RecordingSid: sid,
      RecordingUrl: url,
      RecordingDuration: String(duration),
      RecordingSource: source,
    };
  }

  #own(): Parameters {
    const { from, to, name, sid } = this;
    return {
      ...{ CallSid: sid, AccountSid: this.account.sid, From: from, To: to, Caller: from, Called: to },
      ...{
        Direction: 'inbound',
        ApiVersion: '2010-04-01',
        ...(name === undefined ? {} : { CallerName: name }),
      },
    };
  }

  #queueing(): Parameters {
    return {
      ...this.#own(),
      QueuePosition: String(this.position),
      QueueTime: String(this.waited),
      QueueSid: 'QU1',
    };
  }

  #leg(leg: string, status: string): Parameters {
    return { ...this.#own(), DialCallSid: leg, DialCallStatus: status };
  }
}

function readable(document: string): readonly TwimlVerb[] | undefined {
  try {
    return readTwiml(document);
  } catch {
    return undefined;
  }
}

/** The phone lines of an account, and the calls to them. */
export class TwilioPhone {
  readonly calls: PhoneCall[] = [];
  readonly #lines = new Map<string, PhoneLine>();
  /** So many times a recording that is ready is not there yet. */
  lateRecordings = 0;

  constructor(
    private readonly account: TwilioAccount,
    private readonly now: () => Date,
  ) {}

  setUp(number: string, line: PhoneLine): void {
    this.account.numbers.set(number, line.voiceUrl);
    this.#lines.set(number, line);
  }

  /** Somebody calls, and hears what the line's address answers. */
  async call(from: string, to: string, name?: string): Promise<PhoneCall> {
    const line = this.#lines.get(to);
    if (line === undefined) throw new Error(`nobody takes calls to ${to}`);
    const call = new PhoneCall(this.account, line, from, to, name, this.now());
    this.calls.push(call);
    await call.ring();
    return call;
  }
}
