import { expect, it } from '@jest/globals';
import type { CallDoor, ChannelModule, WebhookDoor, WebhookRequest } from '../channel.js';
import type { ChannelInbox } from '../manifest.js';
import { seeded } from './channel-fixtures.js';

export interface VerificationFixtures {
  readonly inbox: ChannelInbox;
  readonly calls: readonly { readonly name: string; readonly input: WebhookRequest }[];
  readonly secretHeader?: string;
  readonly now?: Date;
  readonly staleAfterMs?: number;
}

/** Whatever is refused gets the host's constant answer; what is asked here is that it is refused, and never fails. */
export function describeVerification(
  channel: ChannelModule,
  door: WebhookDoor | CallDoor,
  { inbox, calls, secretHeader, now = new Date(), staleAfterMs }: VerificationFixtures,
): void {
  const verify = (request: WebhookRequest, by = inbox, at = now) => door.verify(request, by, at);
  const refused = { ok: false, code: expect.stringMatching(/^[A-Z][A-Z_]*$/) as unknown };

  it.each(calls)('$name as it came, and answers it', ({ input }) => {
    expect(verify(input)).toEqual({ ok: true });
    const { status } =
      'catchUp' in door
        ? door.answer({ request: input, inbox, now, isKept: true })
        : door.answer(input, inbox);
    expect([status >= 200 && status < 300, status]).toEqual([true, status]);
  });

  it.each(calls)('$name never when a byte was changed', ({ input }) => {
    for (const changed of withByteChanged(input, secretHeader)) expect(verify(changed)).toEqual(refused);
  });

  it.each(calls)('$name never when what proves it is missing or another', ({ input }) => {
    const proofs = proofsOf(input, (request) => verify(request).ok);
    expect(proofs.length).toBeGreaterThan(0);
    for (const proof of proofs) {
      for (const value of mutationsOf(valueOf(input, proof))) {
        expect([proof, value, verify(withValue(input, proof, value)).ok]).toEqual([proof, value, false]);
      }
    }
  });

  it.each(calls)('$name never without headers or without a configured secret', ({ input }) => {
    expect(verify({ ...input, headers: {}, query: {}, url: withoutQuery(input.url) })).toEqual(refused);
    expect(
      verify(
        input,
        withSecrets(channel, inbox, () => undefined),
      ),
    ).toEqual(refused);
    expect(
      verify(
        input,
        withSecrets(channel, inbox, () => ''),
      ),
    ).toEqual(refused);
  });

  it.each(calls)('$name never by the secret of another account', ({ input }) => {
    expect(
      verify(
        input,
        withSecrets(channel, inbox, (secret) => otherFirst(secret)),
      ),
    ).toEqual(refused);
  });

  if (staleAfterMs !== undefined) {
    it.each(calls)('$name never when it is too old, or from the future', ({ input }) => {
      for (const distance of [staleAfterMs + 1000, -staleAfterMs - 1000]) {
        expect(verify(input, inbox, new Date(now.getTime() + distance))).toEqual(refused);
      }
    });
  }

  it('the requests of strangers never, and never fails on them', () => {
    const random = seeded(20_261_125);
    for (const { input } of calls) {
      for (let round = 0; round < 50; round++) {
        const junk = () =>
          String.fromCharCode(...Array.from({ length: 40 }, () => Math.floor(random() * 256)));
        const body = Uint8Array.from({ length: Math.floor(random() * 400) }, () =>
          Math.floor(random() * 256),
        );
        const scrambled = (values: WebhookRequest['headers']) =>
          Object.fromEntries(Object.keys(values).map((name) => [name, junk()]));
        const request = { ...input, headers: scrambled(input.headers), query: scrambled(input.query), body };
        expect(verify(request)).toEqual(refused);
      }
    }
  });
}

/** A header or a value of the query. */
interface Proof {
  readonly place: 'headers' | 'query';
  readonly name: string;
}

/** What the request is refused without. */
function proofsOf(request: WebhookRequest, isGenuine: (request: WebhookRequest) => boolean): Proof[] {
  const all = (['headers', 'query'] as const).flatMap((place) =>
    Object.keys(request[place]).map((name) => ({ place, name })),
  );
  return all.filter((proof) => !isGenuine(withValue(request, proof, undefined)));
}

function valueOf(request: WebhookRequest, { place, name }: Proof): string {
  return request[place][name] ?? '';
}

function withValue(
  request: WebhookRequest,
  { place, name }: Proof,
  value: string | undefined,
): WebhookRequest {
  const { [name]: _, ...rest } = request[place];
  const url = new URL(request.url);
  if (place === 'query') {
    if (value === undefined) url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  }
  return { ...request, url: url.href, [place]: value === undefined ? rest : { ...rest, [name]: value } };
}

/** The end of a base64 text may hold bits that count for nothing, so no mutation is of the last letters alone. */
function mutationsOf(value: string): string[] {
  const middle = value.length >> 1;
  const changed = (at: number) =>
    `${value.slice(0, at)}${value[at] === 'A' ? 'B' : 'A'}${value.slice(at + 1)}`;
  return [
    ...['', ' ', '0', 'null', 'undefined', `${value}${value}`, value.slice(0, middle), value.slice(middle)],
    ...[`${value}A`, `A${value}`, [...value].toReversed().join(''), changed(0), changed(middle)],
    changed(Math.max(0, middle - 1)),
  ].filter((mutation) => mutation !== value);
}

/** Of a provider that signs nothing, its secret is changed instead. */
function withByteChanged(request: WebhookRequest, secretHeader: string | undefined): WebhookRequest[] {
  if (secretHeader !== undefined) {
    const secret = request.headers[secretHeader] ?? '';
    return [{ ...request, headers: { ...request.headers, [secretHeader]: otherFirst(secret) } }];
  }
  const { length } = request.body;
  return [0, length >> 2, length >> 1, length - 1]
    .filter((at) => at >= 0 && at < length)
    .map((at) => {
      const body = Uint8Array.from(request.body);
      body[at]! ^= 1;
      return { ...request, body };
    });
}

/** Another text of the same length and, mostly, the same form. */
function otherFirst(text: string): string {
  return `${text.startsWith('x') ? 'y' : 'x'}${text.slice(1)}`;
}

function withSecrets(
  { manifest }: ChannelModule,
  inbox: ChannelInbox,
  change: (secret: string) => string | undefined,
): ChannelInbox {
  const settings: Record<string, unknown> = { ...inbox.settings };
  for (const { name, type } of manifest.settings) {
    const secret = settings[name];
    if (type !== 'secret' || typeof secret !== 'string') continue;
    const changed = change(secret);
    if (changed === undefined) delete settings[name];
    else settings[name] = changed;
  }
  return { ...inbox, settings };
}

function withoutQuery(url: string): string {
  return url.split('?', 1)[0]!;
}
