import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type MessageQueued, outboundMessages, TRANSCRIPT_REQUESTED } from '@tributary/contracts';
import { verifyThreadToken } from '@tributary/directory';
import { newId } from '@tributary/runtime';
import type { SignedInPerson } from '@tributary/directory';
import { TestDesk, type TestWorkspace } from '../testing/a-desk.js';
import { aChange, aMessage, type TestInbox } from '../testing/a-message.js';

describe('a customer of a chat who asks for what was said', () => {
  let desk: TestDesk;
  let workspace: TestWorkspace;
  let chat: TestInbox;
  let agent: SignedInPerson;

  beforeAll(async () => {
    desk = await TestDesk.open();
  });
  beforeEach(async () => {
    workspace = await desk.workspace();
    chat = workspace.inbox('web_chat');
    agent = await workspace.person('Bo');
    await desk.receive([aMessage().inInbox(chat).called('m1').saying('Where is it?')]);
    await say('outbound', 'On its way.');
    await say('note', 'A secret of ours');
  });
  afterAll(() => desk.end());

  async function say(direction: 'outbound' | 'note', text: string): Promise<void> {
    const [ticket] = await workspace.tickets();
    await desk.commands.addMessage(agent, {
      ...{ ticketId: String(ticket!['id']), direction, text, uploadIds: [], idempotencyKey: newId() },
    });
  }

  async function mailbox(name: string, enabled = true): Promise<string> {
    const id = newId();
    await desk.owner.query(
      `INSERT INTO directory.inbox (id, workspace_id, channel, name, enabled) VALUES ($1, $2, 'email', $3, $4)`,
      [id, workspace.id, name, enabled],
    );
    return id;
  }

  const request = (providerEventId = newId()) =>
    aChange(chat, 'customer.acted', {
      ...{ providerEventId, activity: TRANSCRIPT_REQUESTED, fields: { email: 'ann@customers.example' } },
    });
  const mails = async (): Promise<MessageQueued[]> =>
    (await workspace.outbox<MessageQueued>(outboundMessages))
      .map(({ payload }) => payload)
      .filter(({ channel }) => channel === 'email');

  it('gets it by mail, from the mailbox that is on, without notes, with the way back to the conversation', async () => {
    await mailbox('An old one', false);
    const inboxId = await mailbox('Help');
    expect(await desk.receive([request()])).toEqual(['done']);
    const [mail, ...more] = await mails();
    expect(more).toEqual([]);
    expect(mail).toMatchObject({
      ...{ inboxId, to: { kind: 'email', value: 'ann@customers.example' }, authorName: 'Help', attempt: 1 },
      text: expect.stringMatching(/Where is it\?\n\nBo, [^]*On its way\.$/) as unknown as string,
    });
    const key = desk.context.masterKey.derive('thread-token', workspace.id);
    expect(verifyThreadToken(key, mail!.threadToken)).toBe(mail!.conversationId);
  });

  it('gets it once, however often the request is delivered', async () => {
    await mailbox('Help');
    const once = request('transcript:1');
    expect(await desk.receive([once, once])).toEqual(['done', 'duplicate']);
    expect(await desk.receive([once])).toEqual(['duplicate']);
    expect(await mails()).toHaveLength(1);
    expect((await workspace.messages()).filter(({ channel }) => channel === 'email')).toHaveLength(1);
  });

  it('does not get the mail about it in the next one', async () => {
    await mailbox('Help');
    await desk.receive([request()]);
    await desk.receive([request()]);
    const [first, second] = await mails();
    expect(second!.text).toBe(first!.text);
  });

  it('gets a mail that no person wrote: no clock of ours stops with it', async () => {
    await mailbox('Help');
    await desk.receive([request()]);
    const message = (await workspace.messages()).find(({ channel }) => channel === 'email');
    expect(message).toMatchObject({ automatic: true, author_kind: 'system' });
  });

  it('is in the history where the workspace has no mailbox', async () => {
    expect(await desk.receive([request()])).toEqual(['done']);
    expect(await mails()).toEqual([]);
    const [ticket] = await workspace.tickets();
    const { thread } = await desk.details.detail(agent, String(ticket!['id']));
    expect(thread.at(-1)).toMatchObject({
      type: 'customer.acted',
      changes: { activity: TRANSCRIPT_REQUESTED },
    });
  });

  it('asks anew when the mail failed: an agent’s retry would send it into the chat', async () => {
    await mailbox('Help');
    await desk.receive([request()]);
    const [mail] = await mails();
    await desk.owner.query(`UPDATE tickets.delivery SET state = 'failed' WHERE message_id = $1`, [
      mail!.messageId,
    ]);
    await expect(desk.commands.retry(agent, mail!.messageId)).rejects.toMatchObject({
      code: 'OTHER_CHANNEL',
    });
  });
});
