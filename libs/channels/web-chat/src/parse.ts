import {
  beginningOf,
  type ChannelInbox,
  type FormSubmission,
  type InboundEvent,
  storableText,
} from '@tributary/channel-sdk';

/** What the host's session says (`visitor`, `user`), the widget's own id of the message, and the message itself. */
const HOST_FIELDS = new Set(['visitor', 'user', 'clientId', 'name', 'text', 'language']);
const VISITOR = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * A submission as one message. The sender is the session's: a visitor whom nobody knows, or a user whom the site has
 * signed for. An e-mail address that they write is a field of the ticket and never who they are: anybody could write
 * another's (chatwoot 2762).
 */
export async function parseSubmission(
  { id, fields: given, files }: FormSubmission,
  inbox: ChannelInbox,
): Promise<readonly InboundEvent[]> {
  const fields: FormSubmission['fields'] = Object.fromEntries(
    Object.entries(given).map(([field, value]) => [field, storableText(value)]),
  );
  const from = senderOf(fields, inbox);
  if (!from) return [unreadable(id, 'NO_SENDER', 'the message belongs to no session')];
  const text = (fields.text ?? '').replaceAll('\r\n', '\n');
  if (text.trim() === '' && files.length === 0) {
    return [unreadable(id, 'EMPTY_MESSAGE', 'there is neither text nor a file')];
  }
  return [
    {
      kind: 'message',
      providerEventId: id,
      externalId: fields.clientId || id,
      from,
      thread: { tokens: [], references: [], ticketNumbers: [] },
      text,
      files,
      automatic: false,
      ...(fields.language ? { language: beginningOf(fields.language, 35) } : {}),
      fields: Object.fromEntries(
        Object.entries(fields).filter(([field, value]) => !HOST_FIELDS.has(field) && value !== ''),
      ),
    },
  ];
}

type Sender = Extract<InboundEvent, { kind: 'message' }>['from'];

/** A site's user ids are its own, so they are told apart by the inbox whose secret signed for them. */
function senderOf(fields: FormSubmission['fields'], inbox: ChannelInbox): Sender | undefined {
  const { visitor = '', user = '', name = '' } = fields;
  const given = beginningOf(name.trim(), 200);
  if (user !== '' && user.length <= 200) {
    return { kind: 'chat_user', value: `${inbox.id}:${user}`, name: given || user, verified: true };
  }
  if (!VISITOR.test(visitor)) return undefined;
  return { kind: 'visitor', value: visitor, name: given || `Visitor ${visitor.slice(-4)}` };
}

function unreadable(providerEventId: string, reason: string, detail: string): InboundEvent {
  return { kind: 'unreadable', providerEventId, reason, detail };
}
