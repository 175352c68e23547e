import type { TicketDetail } from '@tributary/contracts';
import { type Desk, messagesOf } from '../../system/desk.js';
import type { EventStream } from '../../system/event-stream.js';
import { eventually } from '../../system/eventually.js';
import type { Mark } from '../board.js';
import type { Team } from '../team.js';
import type { ChannelPlay, Conversation, PlaySystem } from './channel-play.js';

/** What became of one channel's conversation. */
export interface Performed {
  readonly channel: string;
  readonly ticketId: string;
  readonly ticket: string;
  readonly agent: string;
  /** Milliseconds from the provider's call, or ours, being accepted to the assignment on the agents' screens. */
  readonly milliseconds: number;
  /** Bytes of the first message's original, as the desk gave them back. */
  readonly originalBytes: number;
  /** What else the ticket shows. */
  readonly shows: readonly string[];
  /** What the provider did with the agent's answer, or why the channel's policy allows none. */
  readonly answer: string;
}

export interface Performing {
  readonly admin: Desk;
  readonly team: Team;
  readonly stream: EventStream;
  readonly system: PlaySystem;
}

/**
 * Plays one channel from the customer's first word to their thanks, looks at each step from both ends, and solves the
 * ticket.
 *
 * @throws Error that names what did not come about.
 */
export async function perform(
  play: ChannelPlay,
  performing: Performing,
  tell: (mark: Mark, text: string) => void,
): Promise<Performed> {
  tell('runs', 'adding the inbox');
  const conversation = await play.open(performing.admin, performing.system);
  try {
    return await converse(play, conversation, performing, tell);
  } finally {
    await conversation.close?.();
  }
}

async function converse(
  play: ChannelPlay,
  conversation: Conversation,
  { admin, team, stream }: Performing,
  tell: (mark: Mark, text: string) => void,
): Promise<Performed> {
  tell('runs', 'the customer writes');
  const { id, number, agent, milliseconds } = await assigned(play, conversation, stream);
  await admin.ticketUntil(id, 'what the customer wrote', (each) => says(each, play.says));
  const heading = `#${number} → ${agent.name}`;
  const shows: string[] = [];
  for (const scene of conversation.scenes) {
    tell('runs', `${heading}: ${scene.what}`);
    await scene.act();
    await eventually(`${scene.what} in #${number}`, async () =>
      (await scene.isThere(await admin.ticket(id), admin)) ? true : undefined,
    );
    shows.push(scene.what);
  }
  const originalBytes = await openOriginal(await admin.ticket(id), admin);
  tell('runs', `${heading}: the answer`);
  const answer = await answered(play, conversation, team.desk(agent.id), id);
  const { thanks } = play;
  if (thanks !== undefined) {
    await conversation.write(thanks);
    await admin.ticketUntil(id, 'what the customer wrote back', (each) => says(each, thanks));
  }
  // The next customer needs the agent's room.
  await team.desk(agent.id).change(id, { status: 'solved' });
  tell('done', `${heading} in ${milliseconds} ms, ${answer}`);
  return {
    ...{ channel: play.channel, ticketId: id, ticket: `#${number}`, agent: agent.name, milliseconds },
    ...{ originalBytes, shows, answer },
  };
}

async function assigned(
  { channel, says: text }: ChannelPlay,
  conversation: Conversation,
  stream: EventStream,
) {
  await conversation.write(text);
  const began = performance.now();
  const { data: created } = await stream.ticket(`a ticket on ${channel}`, ({ type, ticket }) => {
    return type === 'ticket.created' && ticket.channel === channel;
  });
  const { id, number } = created.ticket;
  // It may wait in its queue first, until one of the other conversations is over.
  const { data: decided } = await stream.ticket(`#${number} given to an agent with room`, (event) => {
    return event.ticket.id === id && event.type === 'ticket.assigned';
  });
  const agent = decided.ticket.assignee;
  if (!agent) throw new Error(`#${number} was assigned to nobody`);
  return { id, number, agent, milliseconds: Math.round(performance.now() - began) };
}

async function openOriginal(ticket: TicketDetail, admin: Desk): Promise<number> {
  const first = messagesOf(ticket).find(({ direction }) => direction === 'inbound');
  const { byteLength } = await admin.original(first?.id ?? '');
  if (byteLength === 0) throw new Error(`the original of #${ticket.number} is empty`);
  return byteLength;
}

async function answered(
  { answer }: ChannelPlay,
  conversation: Conversation,
  agent: Desk,
  ticketId: string,
): Promise<string> {
  const { sending } = await agent.ticket(ticketId);
  if (sending.state === 'closed') return `no answer: ${sending.reason}`;
  await agent.reply(ticketId, { text: answer });
  const ticket = await agent.ticketUntil(ticketId, 'what became of the answer', (each) => {
    const state = lastDelivery(each)?.state;
    return state !== undefined && state !== 'queued';
  });
  const delivery = lastDelivery(ticket);
  if (delivery?.state === 'failed')
    throw new Error(`the answer failed: ${delivery.errorCode} ${delivery.errorDetail}`);
  await eventually('the answer at the customer', async () => {
    const shown = await conversation.shown();
    return shown.some((text) => text.includes(answer)) ? true : undefined;
  });
  return `answer ${delivery?.state}`;
}

function lastDelivery(ticket: TicketDetail) {
  return messagesOf(ticket).findLast(({ direction }) => direction === 'outbound')?.delivery;
}

function says(ticket: TicketDetail, text: string): boolean {
  return messagesOf(ticket).some((each) => each.direction === 'inbound' && each.text.includes(text));
}
