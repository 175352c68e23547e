import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Channel, TicketDetail } from '@tributary/contracts';
import { type Desk, messagesOf } from '../../system/desk.js';

/** What a customer does on one channel, and what an agent answers. Texts are unique in the demo. */
export interface ChannelPlay {
  readonly channel: Channel;
  /** The first message: it makes the ticket. */
  readonly says: string;
  /** Of the agent, where the channel's policy lets us write. */
  readonly answer: string;
  /** What the customer writes back, into the same ticket; none where they come back by a ticket of its own. */
  readonly thanks?: string;
  /** Adds the inbox as an administrator does, and hands its address to the provider. */
  open(admin: Desk, system: PlaySystem): Promise<Conversation>;
}

export interface PlaySystem {
  /** Takes mail for the demo workspace's mailbox. */
  readonly smtpPort: number;
}

/** The customer's end of a conversation. */
export interface Conversation {
  write(text: string): Promise<void>;
  /** Between the first message and the answer: a file, a card. */
  readonly scenes: readonly Scene[];
  /** Texts of ours that the provider shows the customer. */
  shown(): readonly string[] | Promise<readonly string[]>;
  close?(): Promise<void>;
}

export interface Scene {
  /** As the table calls it. */
  readonly what: string;
  act(): Promise<void>;
  /** The ticket shows what was done. */
  isThere(ticket: TicketDetail, desk: Desk): boolean | Promise<boolean>;
}

/** The simulators of one vendor, and the plays that they can play. */
export interface Stage {
  /** The vendor's origins, and where they are played. */
  readonly origins: ReadonlyMap<string, string>;
  readonly plays: readonly ChannelPlay[];
  stop(): Promise<void>;
}

const FIXTURES = fileURLToPath(new URL('../../../fixtures/demo/', import.meta.url));

export const PICTURE = { name: 'kettle.png', contentType: 'image/png' } as const;

export function pictureBytes(): Promise<Buffer> {
  return readFile(`${FIXTURES}${PICTURE.name}`);
}

/** A picture that the customer sends, which must be in the ticket byte for byte. */
export function pictureScene(send: (picture: Buffer) => unknown): Scene {
  return {
    what: 'a picture',
    act: async () => void (await send(await pictureBytes())),
    isThere: async (ticket, desk) => hasFile(ticket, desk, await pictureBytes()),
  };
}

/** Whether the ticket's first file is this one, byte for byte. */
export async function hasFile(ticket: TicketDetail, desk: Desk, content: Uint8Array): Promise<boolean> {
  const [file] = messagesOf(ticket).flatMap(({ attachments }) => attachments);
  return file !== undefined && (await desk.bytes(file.url)).equals(content);
}

/** A secret by which both ends sign (Standard Webhooks). */
export function signingSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}
