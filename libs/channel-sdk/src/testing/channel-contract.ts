import { CHANNEL_NAME } from '@tributary/contracts';
import { describe, expect, it } from '@jest/globals';
import type { ChannelModule, Inbound, InboundEvent, WebhookRequest } from '../channel.js';
import { type ChannelInbox, hookPath } from '../manifest.js';
import type { ChannelFixture, ChannelFixtures, InputOf } from './channel-fixtures.js';
import { describeParsing } from './parsing-contract.js';
import { describeSending } from './sending-contract.js';
import { describeVerification } from './verification-contract.js';

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
    if (inbound.kind === 'webhook' || inbound.kind === 'pull') {
      const recorded = inbound.kind === 'webhook' ? fixtures.recorded : [];
      const calls = fixtures.calls ?? (recorded as readonly ChannelFixture<WebhookRequest>[]);
      describe('is called', () => describeCalls(channel, fixtures.inbox));
      if (calls.length === 0) throw new Error('without recorded calls nothing shows that they are verified');
      describe('verifies', () => describeVerification(channel, inbound, { ...fixtures, calls }));
    }
  });
}

function describeManifest({ manifest }: ChannelModule): void {
  it('by a known name, a title and a sentence', () => {
    expect(manifest.channel).toMatch(CHANNEL_NAME);
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

  it('with windows, counts and rates that are numbers of something', () => {
    const { windows, perSecond } = manifest.sendPolicy;
    const limits = windows.flatMap(({ hours, messages }) => [hours, messages]);
    for (const limit of [...limits, perSecond.inbox, perSecond.contact])
      expect(limit ?? 1).toBeGreaterThan(0);
  });

  it('with the pages that its rules come from, and the days they were read', () => {
    const isComplete = ({ title, url, read }: (typeof manifest.sources)[number]) =>
      title !== '' && url.startsWith('https://') && /^\d{4}-\d{2}-\d{2}$/.test(read);
    expect(manifest.sources.filter((source) => !isComplete(source))).toEqual([]);
  });
}

function describeCalls(channel: ChannelModule, inbox: ChannelInbox): void {
  const { manifest } = channel;

  it('at the address of its inbox', () => {
    // What follows a `#` is for the provider: Twilio reads from it how often to call again.
    expect(channel.publicAddress(inbox)?.split('#', 1)).toEqual([hookPath(inbox)]);
  });

  it('with a secret that cannot be left out, by a provider that waits for a known time', () => {
    const secrets = manifest.settings.filter(({ type, required }) => type === 'secret' && required);
    expect(secrets.length).toBeGreaterThan(0);
    expect(manifest.answerWithinMs).toBeGreaterThan(0);
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

function secretsOf({ manifest }: ChannelModule, inbox: ChannelInbox): string[] {
  return manifest.settings
    .filter(({ type }) => type === 'secret')
    .map(({ name }) => inbox.settings[name])
    .filter((value) => typeof value === 'string');
}
