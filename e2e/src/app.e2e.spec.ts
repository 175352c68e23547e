import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { ChatMessage, ChatPage, InboxView, Problem, TicketDetail } from '@tributary/contracts';
import { CallbackReceiver } from './system/callback-receiver.js';
import { ChatCustomer, userToken } from './system/chat-customer.js';
import { Desk, messagesOf } from './system/desk.js';
import { eventually } from './system/eventually.js';
import { type RunningSystem, startSystem } from './system/running-system.js';

jest.setTimeout(240_000);

const TOKEN_SECRET = 'the secret that signs our users, long enough';
const SECRET = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;
const BACKEND = 'https://backend.customer.example';

let system: RunningSystem;
let backend: CallbackReceiver;
let admin: Desk;
let inbox: InboxView;
let ticket: TicketDetail;
let mei: ChatCustomer;

beforeAll(async () => {
  backend = await CallbackReceiver.start([SECRET]);
  system = await startSystem({ providerOrigins: `${BACKEND}=${backend.origin}` });
  admin = await Desk.signIn(system.signInUrl);
  inbox = await admin.createInbox({
    ...{ channel: 'app', name: 'Our app' },
    settings: { tokenSecret: TOKEN_SECRET, secret: SECRET, callbackUrl: `${BACKEND}/push` },
  });
  mei = withToken(tokenOf('c-42', 'Mei Lin'));
});

afterAll(async () => {
  await system?.stop();
  await backend?.stop();
});

const tokenOf = (sub: string, name: string, secret = TOKEN_SECRET, expiresAt?: number) =>
  userToken(secret, { sub, name }, expiresAt);
const withToken = (token: string) => ChatCustomer.ofApp(inbox.publicAddress!, token);
const textsOf = ({ messages }: ChatPage) => messages.map(({ text }) => text);

describe('a user of the app', () => {
  it('writes, and is the user whom the backend has signed for', async () => {
    const clientId = randomUUID();
    expect(await mei.send({ text: 'Where is lamp 4721?', name: 'The Director' }, clientId)).toEqual({
      status: 202,
      body: { clientId },
    });
    const row = await admin.ticketWhere('of the app', ({ channel }) => channel === 'app');
    ticket = await admin.ticket(row.id);
    expect(ticket).toMatchObject({
      contact: { name: 'Mei Lin' },
      identities: [{ kind: 'user', value: 'c-42', verified: true }],
    });
  });

  it('sends a message again after a lost answer, and has said it once', async () => {
    const clientId = randomUUID();
    const answers = await Promise.all([1, 2, 3].map(() => mei.send({ text: 'The green one' }, clientId)));
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202]);
    await mei.send({ text: 'and broken' });
    const page = await eventually('all are there', async () => {
      const read = await mei.page();
      return textsOf(read).includes('and broken') ? read : undefined;
    });
    expect(textsOf(page)).toEqual(['Where is lamp 4721?', 'The green one', 'and broken']);
    expect(page.messages[1]?.clientId).toBe(clientId);
  });

  it('reads the reply from where it stopped, after the backend was told to wake the app', async () => {
    const { cursor } = await mei.page();
    await admin.reply(ticket.id, { text: 'It left today.' });
    const woken = await eventually('the callback', async () => [...backend.replies.values()].at(-1));
    expect(woken.data).toMatchObject({ customer: { id: 'c-42' }, text: 'It left today.' });
    const page = await eventually('the reply', async () => {
      const read = await mei.page(cursor);
      return read.messages.length > 0 ? read : undefined;
    });
    expect(page.messages.map(({ from, text }) => [from, text])).toEqual([['us', 'It left today.']]);
    let at = page.cursor;
    const end = await eventually('all was read', async () => {
      const read = await mei.page(at);
      at = read.cursor;
      return read.messages.length === 0 ? read : undefined;
    });
    expect(end).toMatchObject({ more: false, state: { number: ticket.number } });
  });

  it('has read it, and the agent sees that', async () => {
    const { messages } = await mei.page();
    expect(await mei.report(messages.at(-1)!.id, 'read')).toMatchObject({ status: 202 });
    await admin.ticketUntil(ticket.id, 'read', (each) =>
      messagesOf(each).some(({ delivery }) => delivery?.state === 'read'),
    );
  });

  it('follows a stream that goes on where it was cut', async () => {
    const { cursor } = await mei.page();
    const stream = await mei.stream(cursor);
    await mei.send({ text: 'Thank you' });
    const told = await eventually('the message', async () =>
      stream.events.find(({ kind }) => kind === 'message'),
    );
    expect((told.data as ChatMessage).text).toBe('Thank you');
    stream.close();
  });

  it('sends a file and has it back', async () => {
    const form = new FormData();
    form.set('text', 'See');
    form.set('files', new Blob(['a picture of a lamp'], { type: 'text/plain' }), 'lamp.txt');
    expect((await mei.send(form)).status).toBe(202);
    const [file] = await eventually('the file', async () => {
      const files = (await mei.page()).messages.flatMap((message) => message.files);
      return files.length > 0 ? files : undefined;
    });
    expect(file).toMatchObject({ name: 'lamp.txt' });
    expect(await mei.file(file!.id)).toEqual({ status: 200, text: 'a picture of a lamp' });
    expect((await withToken(tokenOf('c-43', 'Bo')).file(file!.id)).status).toBe(404);
  });

  it('sees nothing of another', async () => {
    const bo = withToken(tokenOf('c-43', 'Bo'));
    expect(textsOf(await bo.page())).toEqual([]);
    const { messages } = await mei.page();
    const ours = messages.find(({ from }) => from === 'us')!;
    expect((await bo.report(ours.id, 'read')).status).toBe(404);
  });
});

describe('the doors of the app refuse', () => {
  it.each([
    ['no token', ''],
    ['a token of another secret', tokenOf('c-42', 'Mei Lin', 'another secret, that is long enough as well')],
    ['a token that is over', tokenOf('c-42', 'Mei Lin', TOKEN_SECRET, Math.floor(Date.now() / 1000) - 120)],
  ])('%s', async (_, bearer) => {
    const { status, body } = await withToken(bearer).send({ text: 'Send it to me 4722' });
    expect({ status, code: (body as Problem).code }).toEqual({ status: 401, code: 'SESSION_EXPIRED' });
  });

  it('who wants to be somebody by what they write', async () => {
    const { status } = await withToken(tokenOf('c-43', 'Bo')).send({ text: 'It is me', user: 'c-42' });
    expect(status).toBe(400);
  });

  it('a session, which is for pages', async () => {
    const response = await fetch(`${inbox.publicAddress}/sessions`, {
      ...{ method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' },
    });
    expect(response.status).toBe(404);
  });
});
