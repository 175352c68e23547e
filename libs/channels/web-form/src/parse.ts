import { beginningOf, type FormSubmission, type InboundEvent, storableText } from '@tributary/channel-sdk';

/** One `@` with something on both sides and a dot behind it; whether mail arrives there, only mail can tell. */
const ADDRESS = /^[^\s@<>(),;:"[\]\\]+@[^\s@<>(),;:"[\]\\]+\.[^\s@<>(),;:"[\]\\]+$/u;
const SENDER_FIELDS = new Set(['name', 'email', 'subject', 'text', 'thread', 'language']);

/**
 * A submission as one message. The page's follow-ups carry the conversation's token in `thread`; everything that is
 * not the message itself goes on as the ticket's fields.
 */
export async function parseSubmission({
  id,
  fields: given,
  files,
}: FormSubmission): Promise<readonly InboundEvent[]> {
  const fields: FormSubmission['fields'] = Object.fromEntries(
    Object.entries(given).map(([field, value]) => [field, storableText(value)]),
  );
  const email = fields.email?.trim().toLowerCase() ?? '';
  if (!ADDRESS.test(email) || email.length > 320) {
    return [unreadable(id, 'NO_SENDER', 'the e-mail address is missing or is none')];
  }
  // A browser's multipart has every line end as CR LF (HTML standard, 4.10.21.8); its JSON has them as typed.
  const text = (fields.text ?? '').replaceAll('\r\n', '\n');
  if (text.trim() === '' && files.length === 0) {
    return [unreadable(id, 'EMPTY_MESSAGE', 'there is neither text nor a file')];
  }
  const name = beginningOf(fields.name?.trim() ?? '', 200);
  const subject = beginningOf(fields.subject?.trim() ?? '', 998);
  return [
    {
      kind: 'message',
      providerEventId: id,
      externalId: id,
      from: { kind: 'email', value: email, ...(name ? { name } : {}) },
      thread: { tokens: fields.thread ? [fields.thread] : [], references: [], ticketNumbers: [] },
      ...(subject ? { subject } : {}),
      text,
      files,
      automatic: false,
      ...(fields.language ? { language: beginningOf(fields.language, 35) } : {}),
      fields: Object.fromEntries(
        Object.entries(fields).filter(([field, value]) => !SENDER_FIELDS.has(field) && value !== ''),
      ),
    },
  ];
}

function unreadable(providerEventId: string, reason: string, detail: string): InboundEvent {
  return { kind: 'unreadable', providerEventId, reason, detail };
}
