import { readdirSync, readFileSync } from 'node:fs';
import {
  ChannelError,
  type ChannelInbox,
  type ChannelPorts,
  type FormSubmission,
} from '@tributary/channel-sdk';
import { type ChannelFixture, channelContract, unreachablePorts } from '@tributary/channel-sdk/testing';
import { describe, expect, it } from '@jest/globals';
import { app } from './index.js';
import { aDelivery, anInbox, CALLBACK, SECRET } from './testing/api-play.js';

const TOKEN_SECRET = 'the secret that signs our users, long enough';
const folder = new URL('../fixtures/app/', import.meta.url);
const read = (name: string): unknown => JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
const anApp = (settings: ChannelInbox['settings'] = {}): ChannelInbox => ({
  ...anInbox(),
  settings: { tokenSecret: TOKEN_SECRET, ...settings },
});
const toUser = aDelivery({ channel: 'app', references: [] });

channelContract(app, {
  kind: 'form',
  inbox: anApp({ secret: SECRET, callbackUrl: CALLBACK }),
  recorded: readdirSync(folder)
    .filter((name) => name.endsWith('.json') && !name.endsWith('.expected.json'))
    .map((name): ChannelFixture<FormSubmission> => ({
      name,
      input: read(name) as FormSubmission,
      events: read(name.replace(/json$/, 'expected.json')),
    })),
  inputOf: (bytes) => ({
    id: 'e1b2c3d4e5f60718293a4b5c6d7e8f9012345678',
    fields: { user: 'c-42', text: new TextDecoder().decode(bytes) },
    files: [],
  }),
  delivery: toUser,
});

describe('a reply to the app', () => {
  const send = (inbox: ChannelInbox, status: number) => {
    const asked: string[] = [];
    const request: ChannelPorts['http']['request'] = async ({ url }) => {
      asked.push(url);
      return { status, headers: {}, body: new Uint8Array() };
    };
    const ports = { ...unreachablePorts, http: { request } };
    return app.send(toUser, inbox, ports, new AbortController().signal).then(
      (receipt) => ({ end: receipt, asked }),
      (error: unknown) => ({ end: error instanceof ChannelError ? error.code : error, asked }),
    );
  };

  it('is out when it is stored, where nobody is to be told', async () => {
    expect(await send(anApp(), 500)).toEqual({ end: { state: 'sent' }, asked: [] });
  });

  it('wakes the app by way of the backend, where there is a callback address', async () => {
    const inbox = anApp({ secret: SECRET, callbackUrl: CALLBACK });
    expect(await send(inbox, 204)).toEqual({ end: { state: 'sent' }, asked: [CALLBACK] });
    expect((await send(inbox, 503)).end).toBe('unavailable');
  });
});

describe('the settings of an app', () => {
  const faults = (settings: Record<string, unknown>) =>
    app.checkSettings({ tokenSecret: TOKEN_SECRET, ...settings }).map(({ field }) => field);

  it('want no callback', () => {
    expect(faults({})).toEqual([]);
  });

  it('want a secret for the callbacks that they have', () => {
    expect(faults({ callbackUrl: CALLBACK })).toEqual(['secret']);
  });

  it('refuse a secret that can be guessed', () => {
    expect(faults({ tokenSecret: 'x'.repeat(31) })).toEqual(['tokenSecret']);
  });
});
