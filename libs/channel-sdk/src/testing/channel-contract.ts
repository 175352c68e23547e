import { CHANNELS, encodeRecord, inboundMessages, parseRecord } from '@tributary/contracts';
import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import type {
  ChannelModule,
  FormSubmission,
  Inbound,
  InboundEvent,
  OutboundDelivery,
  PollItem,
  WebhookRequest,
} from '../channel.js';
import { ChannelError } from '../channel.errors.js';
import type { ChannelInbox } from '../manifest.js';
import type { ChannelPorts } from '../ports.js';
import { unreachablePorts } from './unreachable-ports.js';

/** What each kind of channel parses. */
export interface InputOf {
  readonly poll: PollItem;
  readonly form: FormSubmission;
  readonly webhook: WebhookRequest;
  readonly pull: PollItem;
}

/** A recorded input with what it means; `events` as `comparableEvents` writes them. */
export interface ChannelFixture<Input> {
  readonly name: string;
  readonly input: Input;
  readonly events: unknown;
}

export interface ChannelFixtures<Kind extends Inbound['kind']> {
  readonly kind: Kind;
  /** An inbox whose settings are accepted, every secret set; its id is a UUID. */
  readonly inbox: ChannelInbox;
  /** At least one; one of them gives more than one event when the channel can. */
  readonly recorded: readonly ChannelFixture<InputOf[Kind]>[];
  /** How bytes of strangers reach `parse`. */
  readonly inputOf: (bytes: Uint8Array) => InputOf[Kind];
  /** A message that the inbox could send. */
  readonly delivery: OutboundDelivery;
  /** Of a provider that signs nothing: the header in which it sends a secret, in lower case. */
  readonly secretHeader?: string;
  /** When the recorded inputs came; a signature that grows old is judged by it. */
  readonly now?: Date;
  /** The provider, played by the spec; without it no provider can be reached. */
  readonly ports?: ChannelPorts;
}

/**
 * The rules that every channel keeps; a spec in the channel's folder runs them. What is special to a channel has
 * specs of its own.
 */
export function channelContract<Kind extends Inbound['kind']>(
  channel: ChannelModule,
  fixtures: ChannelFixtures<Kind>,
): void {
  const { inbound } = channel;
  if (inbound.kind !== fixtures.kind) throw new Error(`the channel is of kind ${inbound.kind}`);
  const parse = inbound.parse as (
    input: InputOf[Kind],
    inbox: ChannelInbox,
  ) => Promise<readonly InboundEvent[]>;
  describe(`the ${channel.manifest.channel} channel`, () => {
    describe('describes itself', () => describeManifest(channel));
    describe('checks settings', () => describeSettings(channel, fixtures.inbox));
    describe('reads', () => describeParsing(parse, fixtures));
    describe('sends', () => describeSending(channel, fixtures));
    if (inbound.kind === 'webhook') {
      const recorded = fixtures.recorded as readonly ChannelFixture<WebhookRequest>[];
      describe('verifies', () =>
        describeVerification(
          inbound,
          recorded,
          secretless(channel, fixtures.inbox),
          fixtures.secretHeader,
          fixtures.now,
        ));
    }
  });
}

/** Events as JSON can hold them: a file by its size and SHA-256. */
export function comparableEvents(events: readonly InboundEvent[]): unknown {
  return JSON.parse(
    JSON.stringify(events, (_key, value: unknown) =>
      value instanceof Uint8Array
        ? { size: value.byteLength, sha256: createHash('sha256').update(value).digest('hex') }
        : value,
    ),
  );
}

function describeManifest({ manifest }: ChannelModule): void {
  it('by a known name, a title and a sentence', () => {
    expect(CHANNELS).toContain(manifest.channel);
    expect(manifest.title).not.toBe('');
    expect(manifest.description).toMatch(/\.$/);
    expect(manifest.identityKind).not.toBe('');
  });

  it('with settings that have one name each, a label and a help', () => {
    const names = manifest.settings.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)]);
    for (const { label, help } of manifest.settings) expect([label, help]).not.toContain('');
  });

  it('with two choices at least where one is chosen, and defaults that are among the choices', () => {
    for (const { type, choices, default: preset } of manifest.settings) {
      if (type === 'choice') expect(choices?.length).toBeGreaterThan(1);
      if (choices !== undefined) expect(['choice', 'list']).toContain(type);
      for (const value of [preset ?? []].flat()) expect(choices ?? [value]).toContain(value);
    }
  });

  it('with every password, token and key marked as a secret', () => {
    const secret = /password|secret|token|(?:^|api|private|signing|access)key$/i;
    const open = manifest.settings.filter(({ name, type }) => secret.test(name) && type !== 'secret');
    expect(open).toEqual([]);
  });

  it('with limits that are numbers of something', () => {
    const { attachments, maxTextLength, maxAttachmentBytes } = manifest.capabilities;
    if (maxTextLength !== null) expect(maxTextLength).toBeGreaterThan(0);
    expect(maxAttachmentBytes > 0).toBe(attachments);
  });

  it('with the pages that its rules come from, and the days they were read', () => {
    const isComplete = ({ title, url, read }: (typeof manifest.sources)[number]) =>
      title !== '' && url.startsWith('https://') && /^\d{4}-\d{2}-\d{2}$/.test(read);
    expect(manifest.sources.filter((source) => !isComplete(source))).toEqual([]);
  });
}

function describeSettings(channel: ChannelModule, inbox: ChannelInbox): void {
  const fields = channel.manifest.settings.map(({ name }) => name);

  it('and accepts good ones', () => {
    expect(channel.checkSettings(inbox.settings)).toEqual([]);
  });

  it('and names a field of the form with every fault, whatever the values are', () => {
    for (const junk of [null, 0, -1, '', ' ', '\0', 'x'.repeat(10_000), [], {}, true, Number.NaN]) {
      const faults = channel.checkSettings(Object.fromEntries(fields.map((name) => [name, junk])));
      for (const { field, message } of faults) {
        expect(fields).toContain(field);
        expect(message).not.toBe('');
      }
    }
  });

  it('and tells no secret in the public address', () => {
    const address = channel.publicAddress(inbox) ?? '';
    for (const secret of secretsOf(channel, inbox)) expect(address).not.toContain(secret);
  });
}

function describeParsing<Kind extends Inbound['kind']>(
  parse: (input: InputOf[Kind], inbox: ChannelInbox) => Promise<readonly InboundEvent[]>,
  { inbox, recorded, inputOf }: ChannelFixtures<Kind>,
): void {
  it.each(recorded)('$name as it was recorded', async ({ input, events }) => {
    expect(comparableEvents(await parse(input, inbox))).toEqual(events);
  });

  it.each(recorded)(
    '$name twice alike, and leaves input and inbox as they were',
    async ({ input, events }) => {
      const before = structuredClone(input);
      const frozen = deepFreeze(structuredClone(input));
      const frozenInbox = deepFreeze(structuredClone(inbox));
      await parse(frozen, frozenInbox);
      expect(comparableEvents(await parse(frozen, frozenInbox))).toEqual(events);
      expect(frozen).toEqual(before);
    },
  );

  it.each(recorded)(
    '$name into records that the topic takes, each with an id of its own',
    async ({ input }) => {
      expectAcceptable(await parse(input, inbox), inbox);
    },
  );

  it('the bytes of strangers into acceptable events, never into an exception', async () => {
    const random = seeded(20_261_124);
    for (let round = 0; round < 150; round++) {
      const bytes = Uint8Array.from({ length: Math.floor(random() * 2000) }, () =>
        Math.floor(random() * 256),
      );
      const events = await parse(inputOf(bytes), inbox);
      expect(events.length).toBeGreaterThan(0);
      expectAcceptable(events, inbox);
    }
  });
}

function describeSending<Kind extends Inbound['kind']>(
  channel: ChannelModule,
  { inbox, delivery, ports = unreachablePorts }: ChannelFixtures<Kind>,
): void {
  const { attachments, maxTextLength, maxAttachmentBytes } = channel.manifest.capabilities;
  const send = (change: Partial<OutboundDelivery>) =>
    channel.send({ ...delivery, ...change }, inbox, ports, new AbortController().signal);

  if (maxTextLength !== null) {
    it(`no text over ${maxTextLength} characters`, async () => {
      const text = 'x'.repeat(maxTextLength + 1);
      await expect(send({ text })).rejects.toMatchObject({ code: 'unsupported' });
    });
  }

  it(attachments ? `no files over ${maxAttachmentBytes} bytes together` : 'no files', async () => {
    const content = new Uint8Array(attachments ? maxAttachmentBytes + 1 : 1);
    const files = [{ name: 'a.bin', contentType: 'application/octet-stream', content }];
    await expect(send({ files })).rejects.toMatchObject({ code: 'unsupported' });
  });

  it('with one of two ends also when it was stopped before: a receipt or a ChannelError', async () => {
    const outcome = await channel.send(delivery, inbox, ports, AbortSignal.abort()).then(
      ({ state }) => state,
      (error: unknown) => (error instanceof ChannelError ? 'ChannelError' : error),
    );
    expect(['sent', 'delivered', 'ChannelError']).toContain(outcome);
  });
}

function describeVerification(
  inbound: Extract<Inbound, { kind: 'webhook' }>,
  recorded: readonly ChannelFixture<WebhookRequest>[],
  inboxes: { readonly configured: ChannelInbox; readonly secretless: ChannelInbox },
  secretHeader: string | undefined,
  now = new Date(),
): void {
  const verify = (request: WebhookRequest, inbox: ChannelInbox) => inbound.verify(request, inbox, now);

  const what = secretHeader === undefined ? 'byte' : 'character of the secret';
  it.each(recorded)(`$name as it came, and not with one ${what} changed`, ({ input }) => {
    const changed =
      secretHeader === undefined ? withByteChanged(input) : withSecretChanged(input, secretHeader);
    expect(verify(input, inboxes.configured)).toEqual({ ok: true });
    expect(verify(changed, inboxes.configured)).toMatchObject({ ok: false });
  });

  it.each(recorded)('$name never without headers or without a configured secret', ({ input }) => {
    const bare = { ...input, headers: {}, query: {} };
    expect(verify(bare, inboxes.configured)).toMatchObject({ ok: false });
    expect(verify(input, inboxes.secretless)).toMatchObject({ ok: false });
  });
}

function withByteChanged(request: WebhookRequest): WebhookRequest {
  const body = Uint8Array.from(request.body);
  body[body.length >> 1]! ^= 1;
  return { ...request, body };
}

function withSecretChanged(request: WebhookRequest, header: string): WebhookRequest {
  const secret = request.headers[header] ?? '';
  const other = secret.startsWith('x') ? 'y' : 'x';
  return { ...request, headers: { ...request.headers, [header]: `${other}${secret.slice(1)}` } };
}

function expectAcceptable(events: readonly InboundEvent[], inbox: ChannelInbox): void {
  const ids = events.map(({ providerEventId }) => providerEventId);
  expect(ids).toEqual([...new Set(ids)]);
  for (const event of events) expect(faultOf(event, inbox)).toBeUndefined();
}

/** What the host will append, checked as consumers check it. */
function faultOf(event: InboundEvent, inbox: ChannelInbox): string | undefined {
  if (event.providerEventId === '' || event.providerEventId.length > 500)
    return 'an id has 1 to 500 characters';
  if (event.kind !== 'message' && event.kind !== 'unreadable') return undefined;
  const stored = { key: 'k', sha256: '0'.repeat(64), size: 0 };
  const { kind, ...rest } = event;
  const { files, media: _media, album: _album, ...fields } = { files: [], media: [], album: '', ...rest };
  const payload = {
    ...fields,
    inboxId: inbox.id,
    channel: CHANNELS[0],
    attachments: files.map(({ content: _content, ...file }) => ({ ...file, ...stored })),
    raw: stored,
    receivedAt: '2026-01-01T00:00:00.000Z',
  };
  const bytes = encodeRecord({
    id: '00000000-0000-7000-8000-000000000001',
    type: kind === 'message' ? 'message.received' : 'message.unreadable',
    version: 1,
    workspaceId: '00000000-0000-7000-8000-000000000002',
    occurredAt: '2026-01-01T00:00:00.000Z',
    payload,
  });
  if (bytes.includes('\\u0000') || /\\ud[89a-f]/.test(bytes.toString()))
    return 'text that PostgreSQL cannot hold';
  const record = parseRecord(inboundMessages, bytes);
  return record.ok ? undefined : `${record.reason}: ${record.detail}`;
}

function secretsOf({ manifest }: ChannelModule, inbox: ChannelInbox): string[] {
  return manifest.settings
    .filter(({ type }) => type === 'secret')
    .map(({ name }) => inbox.settings[name])
    .filter((value) => typeof value === 'string');
}

function secretless(channel: ChannelModule, configured: ChannelInbox) {
  const secrets = new Set(
    channel.manifest.settings.filter(({ type }) => type === 'secret').map(({ name }) => name),
  );
  const settings = Object.fromEntries(
    Object.entries(configured.settings).filter(([name]) => !secrets.has(name)),
  );
  return { configured, secretless: { ...configured, settings } };
}

/** Bytes cannot be frozen; they are compared instead. */
function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)) {
    for (const each of Object.values(value)) deepFreeze(each);
    Object.freeze(value);
  }
  return value;
}

/** Mulberry32: the same numbers in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
