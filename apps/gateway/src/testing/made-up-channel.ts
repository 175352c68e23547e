import { createHmac, timingSafeEqual } from 'node:crypto';
import {
  ALWAYS_OPEN,
  type ChannelInbox,
  type ChannelModule,
  hookPath,
  type InboundEvent,
  noMedia,
  type WebhookRequest,
} from '@tributary/channel-sdk';

/** One message of the made-up provider's calls, `{ "messages": [...] }`. */
export interface MadeUpMessage {
  readonly id: string;
  readonly from: string;
  readonly text: string;
}

export function madeUpSignature(secret: string, body: Uint8Array): string {
  return createHmac('sha256', secret).update(body).digest('hex');
}

function verify({ headers, body }: WebhookRequest, { settings }: ChannelInbox) {
  const secret = settings['secret'];
  if (typeof secret !== 'string') return { ok: false, code: 'NO_SECRET' } as const;
  const expected = Buffer.from(madeUpSignature(secret, body));
  const given = Buffer.from(headers['x-signature'] ?? '');
  const genuine = expected.length === given.length && timingSafeEqual(expected, given);
  return genuine ? ({ ok: true } as const) : ({ ok: false, code: 'BAD_SIGNATURE' } as const);
}

async function parse({ body, path, url }: WebhookRequest): Promise<readonly InboundEvent[]> {
  const { messages } = JSON.parse(Buffer.from(body).toString()) as { messages: readonly MadeUpMessage[] };
  return messages.map(({ id, from, text }) => ({
    ...{ kind: 'message', providerEventId: id, externalId: id, from: { kind: 'made_up', value: from }, text },
    ...{ thread: { tokens: [], references: [], ticketNumbers: [] }, files: [], automatic: false },
    fields: { path, url },
  }));
}

/** A channel of a provider that nobody has, under a name that the contract knows; it waits two seconds. */
export const madeUpChannel: ChannelModule = {
  manifest: {
    ...{ channel: 'line', title: 'Made up', description: 'A provider of a spec.', host: 'gateway' },
    settings: [{ name: 'secret', label: 'Secret', help: 'Signs.', type: 'secret', required: true }],
    capabilities: { attachments: false, maxTextLength: null, maxAttachmentBytes: 0 },
    ...{ sendPolicy: ALWAYS_OPEN, verification: 'published_vectors', answerWithinMs: 2000 },
    ...{ identityKind: 'made_up', sources: [] },
  },
  inbound: {
    kind: 'webhook',
    verify,
    answer: () => ({ status: 200, headers: { 'content-type': 'text/plain' }, body: 'success' }),
    parse,
  },
  send: async () => ({ state: 'sent' }),
  fetchMedia: noMedia,
  checkSettings: () => [],
  publicAddress: hookPath,
};
