import type { ChannelInbox } from '@tributary/channel-sdk';

type InboxId = Pick<ChannelInbox, 'id'>;
/** A conversation that a caller named, or one about a signal. */
export type Topic = 'conversation' | 'signal';

/**
 * The external id of every message of a conversation that the caller named: what refers to one refers to all. With
 * the inbox's id, because another inbox may use the same names.
 */
export function externalName({ id }: InboxId, topic: Topic, name: string): string {
  return `${id}/${topic}/${name}`;
}

/** The name behind the newest of external ids that has one. */
export function namedIn({ id }: InboxId, topic: Topic, externalIds: readonly string[]): string | null {
  const prefix = `${id}/${topic}/`;
  return externalIds.findLast((each) => each.startsWith(prefix))?.slice(prefix.length) ?? null;
}
