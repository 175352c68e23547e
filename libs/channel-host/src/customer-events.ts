import type { InboundEvent, MediaReference } from '@tributary/channel-sdk';
import type {
  ConsentChanged,
  CustomerActed,
  InboundPayloads,
  MediaReferenceDto,
  MessageDeleted,
  MessageEdited,
  MessageReacted,
  RawObjectDto,
} from '@tributary/contracts';
import type { HostedInbox } from './hosted-inbox.js';

/** What a customer did that is no message of its own. */
export type CustomerEvent = Extract<
  InboundEvent,
  { kind: 'edited' | 'deleted' | 'reaction' | 'consent' | 'activity' }
>;

/** A type of `inbound.messages` with its payload. */
export type InboundPayload = {
  readonly [Type in keyof InboundPayloads]: { readonly type: Type; readonly payload: InboundPayloads[Type] };
}[keyof InboundPayloads];

/** UTF-16 units of an edited text that a record surely holds; escapes make at most six bytes of each. */
const LONGEST_EDIT = 150_000;

/** The record that says what the customer did. */
export function customerPayload(
  inbox: HostedInbox,
  raw: RawObjectDto,
  receivedAt: string,
  event: CustomerEvent,
): InboundPayload {
  const { providerEventId, from } = event;
  const did: Omit<ConsentChanged, 'consent'> = {
    ...{ inboxId: inbox.id, channel: inbox.channel, providerEventId, from, raw, receivedAt },
  };
  switch (event.kind) {
    case 'edited': {
      const text = event.text.slice(0, LONGEST_EDIT).toWellFormed();
      const payload: MessageEdited = { ...did, externalId: event.externalId, text };
      return { type: 'message.edited', payload };
    }
    case 'deleted': {
      const payload: MessageDeleted = { ...did, externalId: event.externalId };
      return { type: 'message.deleted', payload };
    }
    case 'reaction': {
      const { externalId, reaction } = event;
      const payload: MessageReacted = { ...did, externalId, ...(reaction === null ? {} : { reaction }) };
      return { type: 'message.reacted', payload };
    }
    case 'consent': {
      const payload: ConsentChanged = { ...did, consent: event.consent };
      return { type: 'consent.changed', payload };
    }
    case 'activity': {
      const { activity, fields, externalId } = event;
      const about = externalId === undefined ? {} : { externalId };
      const payload: CustomerActed = { ...did, ...about, activity, fields: { ...fields } };
      return { type: 'customer.acted', payload };
    }
  }
}

/** A name too long for the contract costs its end, never the message. */
export function mediaPayload({ id, name, contentType, disposition }: MediaReference): MediaReferenceDto {
  return {
    id,
    name: name.slice(0, 500).toWellFormed(),
    contentType: contentType.slice(0, 200).toWellFormed(),
    disposition,
  };
}
