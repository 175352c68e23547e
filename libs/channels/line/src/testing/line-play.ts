import type {
  ChannelInbox,
  ChannelPorts,
  ChannelRequest,
  ChannelResponse,
  OutboundDelivery,
} from '@tributary/channel-sdk';

export const ACCESS_TOKEN = 'acme-spec-token/0123456789+abcdefghijklmnopqrstuvwxyz==';
/** The secret of the example in LINE's own documentation. */
export const CHANNEL_SECRET = '8c570fa6dd201bb328f1c1eac23a96d8';

export function anInbox(settings: Readonly<Record<string, unknown>> = {}): ChannelInbox {
  return {
    id: '00000000-0000-7000-8000-000000000081',
    name: 'Acme on LINE',
    settings: {
      channelId: '1653000001',
      channelSecret: CHANNEL_SECRET,
      accessToken: ACCESS_TOKEN,
      ...settings,
    },
  };
}

export function aDelivery(change: Partial<OutboundDelivery> = {}): OutboundDelivery {
  return {
    messageId: '0190f3a2-7c5d-7e8a-9b0c-1d2e3f405162',
    attempt: 1,
    inboxId: anInbox().id,
    channel: 'line',
    conversationId: '0190f3a2-7c5d-7e8a-9b0c-1d2e3f405163',
    ticketId: '0190f3a2-7c5d-7e8a-9b0c-1d2e3f405164',
    ticketNumber: '1042',
    to: { kind: 'line', value: 'U4af4980629f1c3b4e5d6a7b8c9d0e1f2' },
    authorName: 'Ada',
    text: 'Which lamp is it?',
    files: [],
    threadToken: 'c1.mzxw6ytboi4dqmrtgq2tmnzyha.3f9a1c5e7b2d4860',
    references: [],
    ...change,
  };
}

export function answer(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): ChannelResponse {
  return { status, headers, body: new TextEncoder().encode(JSON.stringify(body)) };
}

/** LINE, played: each request takes the next answer. A token is obtained once and kept until it was refused. */
export function playLine(...answers: ChannelResponse[]) {
  const requests: ChannelRequest[] = [];
  const left = [...answers];
  const kept = new Map<string, string>();
  const ports: ChannelPorts = {
    http: {
      request: async (request) => {
        requests.push(request);
        const next = left.shift();
        if (next === undefined) throw new Error(`an unexpected request: ${request.url}`);
        return next;
      },
    },
    tokens: {
      get: async (name, obtain, refused) => {
        const held = kept.get(name);
        if (held !== undefined && held !== refused) return held;
        const { value } = await obtain();
        kept.set(name, value);
        return value;
      },
    },
    now: () => new Date('2026-11-24T10:00:00Z'),
  };
  return { ports, requests };
}
