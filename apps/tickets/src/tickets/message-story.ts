import type { ChangeBody, MessageRecord } from '../rows.js';

/** A message as it came: it never changes. */
export type ToldMessage = Pick<
  MessageRecord,
  'direction' | 'author_id' | 'external_id' | 'text' | 'visible_text'
>;

/** What came after it, in the log's order. */
export interface ToldChange {
  readonly body: ChangeBody;
  /** The provider's id of what it is about; of a part, its own. */
  readonly external_id: string | null;
  readonly contact_id: string | null;
  readonly at: Date;
}

export interface MessageStory {
  readonly text: string;
  /** The new text alone, where the channel could tell it; null once the customer wrote it anew. */
  readonly visibleText: string | null;
  /** What it said before, oldest first, and until when. */
  readonly earlier: readonly { readonly text: string; readonly until: Date }[];
  readonly deletedAt: Date | null;
  /** The last of each contact. */
  readonly reactions: readonly { readonly reaction: string; readonly contactId: string; readonly at: Date }[];
  /** In the order they were told. */
  readonly activities: readonly {
    readonly activity: string;
    readonly fields: Readonly<Record<string, string>>;
    readonly at: Date;
  }[];
}

interface Part {
  readonly externalId: string | null;
  text: string;
  deleted: boolean;
}

/**
 * What a message says now, and what it said before. The parts of an album follow its first in their order; the whole
 * is deleted when each of them is. An edit or a delete counts from its author alone, a reaction from anybody.
 */
export function tellStory(message: ToldMessage, changes: readonly ToldChange[]): MessageStory {
  const parts: Part[] = [{ externalId: message.external_id, text: message.text, deleted: false }];
  for (const { body, external_id: externalId } of changes) {
    if (body.kind === 'part') parts.push({ externalId, text: body.text, deleted: false });
  }
  const earlier: { text: string; until: Date }[] = [];
  const reactions = new Map<string, MessageStory['reactions'][number]>();
  let deletedAt: Date | null = null;
  const says = () => whole(parts);
  for (const change of changes) {
    const { body, contact_id: contactId, at } = change;
    if (body.kind === 'reacted' && contactId !== null) {
      reactions.delete(contactId);
      if (body.reaction !== null) reactions.set(contactId, { reaction: body.reaction, contactId, at });
    }
    if (body.kind !== 'edited' && body.kind !== 'deleted') continue;
    if (message.direction !== 'inbound' || contactId !== message.author_id) continue;
    const part = parts.find(({ externalId }) => externalId === change.external_id) ?? parts[0]!;
    const before = says();
    if (body.kind === 'edited') part.text = body.text;
    else part.deleted = true;
    if (parts.every(({ deleted }) => deleted)) deletedAt ??= at;
    else if (says() !== before) earlier.push({ text: before, until: at });
  }
  const isAsItCame = parts.length === 1 && earlier.length === 0;
  return {
    text: deletedAt ? whole(parts.map((part) => ({ ...part, deleted: false }))) : says(),
    visibleText: isAsItCame ? message.visible_text : null,
    ...{ earlier, deletedAt, reactions: [...reactions.values()] },
    activities: changes.flatMap(({ body, at }) =>
      body.kind === 'acted' ? { activity: body.activity, fields: body.fields, at } : [],
    ),
  };
}

function whole(parts: readonly Part[]): string {
  const texts = parts.flatMap(({ text, deleted }) => (deleted || text.trim() === '' ? [] : text));
  return texts.join('\n');
}
