import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ReceivedMessage } from '../account.js';
import { WechatyAccount, type WechatyBot, type WechatyLibrary } from '../wechaty-account.js';

/*
 * The account over the real library, whose puppet is Wechaty's own mock. Not among the desk's tests, which run without
 * the library: `npm ci && npm test` in optional/wechaty.
 */

interface MockContact {
  readonly id: string;
  say(what: unknown): { to(whom: unknown): void };
  on(event: 'message', listener: (message: { text(): string | undefined }) => void): void;
}

interface MockLibrary {
  readonly mock: {
    readonly Mocker: new () => {
      createContacts(count: number): readonly MockContact[];
      createRoom(): { readonly id: string };
      login(user: MockContact): void;
    };
  };
  readonly PuppetMock: new (options: unknown) => object;
}

const OPTIONAL = new URL('../../../../optional/wechaty/', import.meta.url);

let bot: WechatyBot;
let account: WechatyAccount;
let library: WechatyLibrary;
let ann: MockContact;
let desk: MockContact;
let room: { readonly id: string };
let folder: string;
const received: ReceivedMessage[] = [];
const failed: unknown[] = [];

beforeAll(async () => {
  library = (await import(new URL('library.mjs', OPTIONAL).href)) as WechatyLibrary;
  const { mock, PuppetMock } = (await import(new URL('mock.mjs', OPTIONAL).href)) as MockLibrary;
  const mocker = new mock.Mocker();
  folder = await mkdtemp(join(tmpdir(), 'wechaty-'));
  bot = library.WechatyBuilder.build({ name: join(folder, 'session'), puppet: new PuppetMock({ mocker }) });
  account = new WechatyAccount(bot, (base64, name) => library.FileBox.fromBase64(base64, name));
  account.listen(
    async (message) => void received.push(message),
    (error) => void failed.push(error),
  );
  await bot.start();
  [ann, desk] = mocker.createContacts(2) as [MockContact, MockContact];
  room = mocker.createRoom();
  const loggedIn = new Promise((resolve) => bot.on('login', resolve));
  mocker.login(desk);
  await loggedIn;
});
afterAll(async () => {
  await bot.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Resolves with the next message that fits. */
async function next(fits: (message: ReceivedMessage) => boolean): Promise<ReceivedMessage> {
  for (;;) {
    const found = received.find(fits);
    if (found) return found;
    expect(failed).toEqual([]);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe('an account over the real library', () => {
  it('is logged in when the library says so', () => {
    expect(account.isLoggedIn()).toBe(true);
  });

  it('tells of a text with its sender', async () => {
    ann.say('台灯不亮了 💡').to(desk);
    const message = await next(({ text }) => text === '台灯不亮了 💡');
    expect(message).toMatchObject({ kind: 'message', type: 'text', self: false, from: { id: ann.id } });
    expect(message.id).not.toBe('');
    expect(message.from.name).not.toBe('');
  });

  it('tells of a file with its bytes', async () => {
    ann.say(library.FileBox.fromBase64(Buffer.from('%PDF-1.4').toString('base64'), 'invoice.pdf')).to(desk);
    const { file } = await next(({ file: has }) => has !== undefined);
    const fetched = await file?.();
    expect(fetched).toMatchObject({ name: 'invoice.pdf', contentType: 'application/pdf' });
    expect(Buffer.from(fetched!.content).toString()).toBe('%PDF-1.4');
  });

  it('tells what was said in a room as said there', async () => {
    ann.say('hello room').to(room);
    expect(await next(({ text }) => text === 'hello room')).toMatchObject({ room: { id: room.id } });
  });

  it('shows the customer what is said, and marks its own echo', async () => {
    const heard = new Promise<string | undefined>((resolve) =>
      ann.on('message', (message) => {
        if (message.text() === '请问是哪一款？') resolve(message.text());
      }),
    );
    await account.say({ kind: 'contact', id: ann.id }, '请问是哪一款？');
    expect(await heard).toBe('请问是哪一款？');
    expect(await next(({ text }) => text === '请问是哪一款？')).toMatchObject({ self: true });
  });

  it('sends a file, and nothing to whom it cannot find', async () => {
    const content = Buffer.from('hello');
    await account.say({ kind: 'room', id: room.id }, { name: 'a.txt', contentType: 'text/plain', content });
    expect(await next(({ self, room: within }) => self && within !== undefined)).toBeDefined();
    await expect(account.say({ kind: 'contact', id: 'nobody' }, 'x')).rejects.toMatchObject({
      code: 'NOT_SENT',
    });
  });
});
