import { cut, integerAt, objectAt, type Payload, textAt } from '@tributary/channel-sdk';
import type { SenderDto, ThreadHintsDto } from '@tributary/contracts';

/**
 * A chat is the contact: in a private chat it has the id of its person, and a group is answered as a group. So a
 * reply can only go where the question stood, and what one says in a group never meets what they say in private.
 */
export function senderOf(chat: Payload, person: Payload | undefined): SenderDto | undefined {
  const id = integerAt(chat, 'id');
  if (id === undefined) return undefined;
  const group = textAt(chat, 'title');
  const own = nameOf(person) ?? nameOf(chat) ?? '';
  // An anonymous administrator speaks as the group.
  const name = group === undefined || group === own ? own : `${own} (${group})`;
  return { kind: 'telegram', value: String(id), ...(name === '' ? {} : { name: cut(name, 200) }) };
}

/** Of a person; a channel or an anonymous administrator has a title. */
export function nameOf(one: Payload | undefined): string | undefined {
  const name = [textAt(one, 'first_name'), textAt(one, 'last_name')].filter(Boolean).join(' ').trim();
  return name === '' ? textAt(one, 'title') : name;
}

/** Numbers of messages begin anew in every chat. */
export function externalId(chat: number | string, message: number): string {
  return `${chat}:${message}`;
}

/** @returns undefined for an id that is none of ours, or of another chat. */
export function messageIn(chat: string, external: string | undefined): number | undefined {
  const [of, message] = external?.split(':') ?? [];
  return of === chat && message !== undefined && /^\d{1,15}$/.test(message) ? Number(message) : undefined;
}

/** The message that this one answers. */
export function threadOf(answer: Payload): ThreadHintsDto {
  const answered = objectAt(answer, 'reply_to_message');
  const chat = integerAt(objectAt(answered, 'chat') ?? objectAt(answer, 'chat'), 'id');
  const message = integerAt(answered, 'message_id');
  const references = chat === undefined || message === undefined ? [] : [externalId(chat, message)];
  return { tokens: [], references, ticketNumbers: [] };
}
