import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { TestDesk, type TestWorkspace } from '../testing/a-desk.js';
import { aMessage, anUnreadableMessage, type TestInbox } from '../testing/a-message.js';

describe('a customer who writes on a channel without subjects', () => {
  let desk: TestDesk;
  let workspace: TestWorkspace;
  let inbox: TestInbox;

  beforeAll(async () => {
    desk = await TestDesk.open(18);
  });
  beforeEach(async () => {
    workspace = await desk.workspace();
    inbox = workspace.inbox('whatsapp_cloud');
  });
  afterAll(() => desk.end());

  const saying = (text: string, from = 'US.1349') =>
    aMessage()
      .inInbox(inbox)
      .with({ from: { kind: 'bsuid', value: from } })
      .saying(text);

  it('has one conversation and one ticket, with messages that come at once', async () => {
    await desk.receive([saying('first'), saying('second')]);
    expect(await workspace.tickets()).toHaveLength(1);
    expect(await workspace.rows('conversation', 'id')).toHaveLength(1);
  });

  it('and with messages that come later', async () => {
    await desk.receive([saying('first')]);
    await desk.receive([saying('second')]);
    await desk.receive([saying('third')]);
    expect((await workspace.messages()).map(({ text }) => text)).toEqual(['first', 'second', 'third']);
    expect(await workspace.tickets()).toHaveLength(1);
  });

  it('shares it with nobody, and with no other inbox', async () => {
    const other = workspace.inbox('whatsapp_cloud');
    await desk.receive([saying('mine'), saying('hers', 'US.2468'), saying('there').inInbox(other)]);
    expect(await workspace.rows('conversation', 'id')).toHaveLength(3);
  });

  it('is no participant of what could not be read', async () => {
    await desk.receive([anUnreadableMessage(inbox), anUnreadableMessage(inbox)]);
    expect(await workspace.rows('conversation', 'id')).toHaveLength(2);
  });

  it('unlike one who writes by mail, where each letter begins another', async () => {
    const mailbox = workspace.inbox('email');
    await desk.receive([saying('one').inInbox(mailbox), saying('two').inInbox(mailbox)]);
    expect(await workspace.tickets()).toHaveLength(2);
  });
});
