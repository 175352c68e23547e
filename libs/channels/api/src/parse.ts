import { createHash } from 'node:crypto';
import type {
  ChannelInbox,
  InboundEvent,
  InboundFile,
  MediaReference,
  WebhookRequest,
} from '@tributary/channel-sdk';
import type { ApiFile, ApiMessage, ApiSignal, Priority, SignalSeverity } from '@tributary/contracts';
import { externalName } from './conversation-name.js';
import { readCall } from './read-call.js';

const PRIORITY_OF: Readonly<Record<SignalSeverity, Priority>> = {
  info: 'low',
  warning: 'normal',
  error: 'high',
  critical: 'urgent',
};

/** What a call means; what breaks the door's rules was told to the caller by the answer, and is no event. */
export async function parseCall(
  request: WebhookRequest,
  inbox: ChannelInbox,
): Promise<readonly InboundEvent[]> {
  const read = readCall(request);
  const hash = createHash('sha256').update(request.body).digest('hex').slice(0, 32);
  if (!read.ok) return [{ kind: 'ignored', providerEventId: `refused:${hash}`, reason: read.code }];
  const { id, call } = read;
  // With the content: one id with one content is one event, also after the host has forgotten what the id stood for.
  const providerEventId = `${id}:${hash}`;
  switch (call.type) {
    case 'message':
      return [messageOf(call, id, providerEventId, inbox)];
    case 'signal':
      return [signalOf(call, providerEventId, inbox)];
    case 'receipt': {
      const { message: externalId, state, detail } = call;
      return [{ kind: 'receipt', providerEventId, externalId, state, ...(detail ? { detail } : {}) }];
    }
  }
}

/** The name of the message's conversation, for whoever wants to continue it. */
export function conversationOf({ conversation }: ApiMessage, id: string): string {
  return conversation ?? id;
}

function messageOf(call: ApiMessage, id: string, providerEventId: string, inbox: ChannelInbox): InboundEvent {
  const { customer, subject, text, html, language, priority } = call;
  const externalId = externalName(inbox, 'conversation', conversationOf(call, id));
  const media = (call.files ?? []).flatMap(mediaOf);
  return {
    kind: 'message',
    providerEventId,
    externalId,
    from: {
      kind: 'user',
      value: customer.id.trim(),
      verified: true,
      ...(customer.name?.trim() ? { name: customer.name.trim() } : {}),
    },
    thread: { tokens: [], references: [externalId], ticketNumbers: [] },
    ...(subject?.trim() ? { subject: subject.trim() } : {}),
    text: (text ?? '').replaceAll('\r\n', '\n'),
    ...(html ? { html } : {}),
    files: (call.files ?? []).flatMap(fileOf),
    ...(media.length === 0 ? {} : { media }),
    automatic: false,
    ...(language ? { language } : {}),
    ...(priority ? { priority } : {}),
    fields: {
      ...(customer.email ? { email: customer.email } : {}),
      ...(customer.phone ? { phone: customer.phone } : {}),
      ...call.fields,
    },
  };
}

/**
 * An alarm that is raised says something; one that is cleared is something that happened. Who writes is the alarm
 * itself, so that what clears it reaches its own ticket and not that of another alarm of the same machine.
 */
function signalOf(call: ApiSignal, providerEventId: string, inbox: ChannelInbox): InboundEvent {
  const { source, key, severity, summary, details, at } = call;
  const from = { kind: 'signal', value: key, name: source };
  const fields = { ...call.fields, source, signal: key, severity, ...(at ? { at } : {}) };
  if (call.state === 'cleared') {
    const told = { ...fields, summary, ...(details ? { details } : {}) };
    return { kind: 'activity', providerEventId, from, activity: 'signal_cleared', fields: told };
  }
  const externalId = externalName(inbox, 'signal', key);
  return {
    kind: 'message',
    providerEventId,
    externalId,
    from,
    thread: { tokens: [], references: [externalId], ticketNumbers: [] },
    subject: summary,
    text: [`[${severity}] ${summary}`, details].filter(Boolean).join('\n\n').replaceAll('\r\n', '\n'),
    files: [],
    automatic: false,
    priority: PRIORITY_OF[severity],
    fields: { type: 'problem', ...fields },
  };
}

function fileOf({ name, contentType, content }: ApiFile): InboundFile[] {
  if (typeof content !== 'string') return [];
  return [{ name, contentType: typeOf(contentType), content: bytesOf(content), disposition: 'attachment' }];
}

function mediaOf({ name, contentType, url }: ApiFile, at: number): MediaReference[] {
  if (typeof url !== 'string') return [];
  // One address may stand in a message twice; a reference is unique in it.
  return [{ id: `${at} ${url}`, name, contentType: typeOf(contentType), disposition: 'attachment' }];
}

function typeOf(given: string | null | undefined): string {
  const type = (given ?? '').split(';')[0]!.trim().toLowerCase();
  return /^[\w.+-]{1,100}\/[\w.+-]{1,99}$/.test(type) ? type : 'application/octet-stream';
}

/** Of its own: what Node cuts from its pool would keep the whole pool. */
function bytesOf(content: string): Uint8Array {
  return Uint8Array.from(Buffer.from(content, 'base64'));
}
