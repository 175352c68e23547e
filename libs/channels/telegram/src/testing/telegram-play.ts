import type {
  ChannelInbox,
  ChannelPorts,
  ChannelRequest,
  ChannelResponse,
  OutboundDelivery,
} from '@tributary/channel-sdk';

export const BOT_TOKEN = '6100000001:AAF0-acme_spec_token_0123456789abcdef';

export function anInbox(): ChannelInbox {
  return {
    id: '00000000-0000-7000-8000-000000000071',
    name: 'Acme bot',
    settings: { botToken: BOT_TOKEN, webhookSecret: 'a-secret_for-acme-0001' },
  };
}

export function aDelivery(change: Partial<OutboundDelivery> = {}): OutboundDelivery {
  return {
    messageId: '0190f3a2-7c5d-7e8a-9b0c-1d2e3f405162',
    attempt: 1,
    inboxId: anInbox().id,
    channel: 'telegram',
    conversationId: '0190f3a2-7c5d-7e8a-9b0c-1d2e3f405163',
    ticketId: '0190f3a2-7c5d-7e8a-9b0c-1d2e3f405164',
    ticketNumber: '1042',
    to: { kind: 'telegram', value: '700100200' },
    authorName: 'Ada',
    text: 'Which lamp is it?',
    files: [],
    threadToken: 'c1.mzxw6ytboi4dqmrtgq2tmnzyha.3f9a1c5e7b2d4860',
    references: [],
    ...change,
  };
}

export function aFile(name: string, contentType: string, size = 3): OutboundDelivery['files'][number] {
  return { name, contentType, content: new Uint8Array(size).fill(7) };
}

/** An answer of the Bot API. */
export function answer(status: number, body: unknown): ChannelResponse {
  return { status, headers: {}, body: new TextEncoder().encode(JSON.stringify(body)) };
}

/** The Bot API, played: each request takes the next answer; an error in its place is thrown. */
export function playBotApi(...answers: (ChannelResponse | Error)[]) {
  const requests: ChannelRequest[] = [];
  const left = [...answers];
  const ports: ChannelPorts = {
    http: {
      request: async (request) => {
        requests.push(request);
        const next = left.shift();
        if (next === undefined) throw new Error(`an unexpected request: ${request.url}`);
        if (next instanceof Error) throw next;
        return next;
      },
    },
    tokens: { get: async (_name, obtain) => (await obtain()).value },
    now: () => new Date('2026-11-24T10:00:00Z'),
  };
  return { ports, requests };
}
