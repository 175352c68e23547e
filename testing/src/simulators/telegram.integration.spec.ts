import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { hookStand, type HookStand } from './hook-stand.js';
import { TelegramSimulator } from './telegram.js';
import type { TelegramChat } from './telegram-chat.js';

const SECRET = 'a-secret_of-sixteen';

let telegram: TelegramSimulator;
let stand: HookStand;
let ann: TelegramChat;

beforeEach(async () => {
  [telegram, stand] = await Promise.all([TelegramSimulator.start(), hookStand()]);
  telegram.behave({ retryMs: 1 });
  telegram.setWebhook(stand.url, SECRET);
  ann = telegram.person('Ann', { language_code: 'pl' });
});
afterEach(async () => {
  await telegram.stop();
  await stand.close();
});

interface Update {
  readonly update_id: number;
  readonly message?: {
    readonly text?: string;
    readonly media_group_id?: string;
    readonly document?: { readonly file_id: string };
  };
}

const updates = () => stand.calls.map(({ body }) => JSON.parse(body.toString()) as Update);

async function call(method: string, fields: object, token = telegram.token) {
  const response = await fetch(`${telegram.origin}/bot${token}/${method}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(fields),
  });
  return (await response.json()) as {
    readonly ok: boolean;
    readonly result?: { readonly message_id: number; readonly file_path?: string };
    readonly error_code?: number;
    readonly description?: string;
    readonly parameters?: object;
  };
}

describe('an update', () => {
  it('is posted with the secret, and counts up', async () => {
    ann.says('One');
    ann.says('Two');
    await telegram.settled();
    const [one, two] = updates();
    expect([one?.message?.text, two?.message?.text]).toEqual(['One', 'Two']);
    expect(two!.update_id).toBe(one!.update_id + 1);
    expect(stand.calls[0]?.headers['x-telegram-bot-api-secret-token']).toBe(SECRET);
  });

  it('is tried until it is taken, and those behind it in its chat wait', async () => {
    stand.answers.push({ status: 503, body: '' }, { status: 500, body: '' });
    ann.says('One');
    ann.says('Two');
    await telegram.settled();
    expect(updates().map(({ message }) => message?.text)).toEqual(['One', 'One', 'One', 'Two']);
    expect(telegram.sender.givenUp).toEqual([]);
  });

  it('comes several times and in any order, when the network is as bad as that', async () => {
    telegram.behave({ copies: 3, isShuffled: true });
    for (let at = 0; at < 20; at++) ann.says(String(at));
    await telegram.settled();
    const ids = updates().map(({ update_id }) => update_id);
    expect(ids).toHaveLength(60);
    expect(new Set(ids).size).toBe(20);
    expect(ids).not.toEqual(ids.toSorted((a, b) => a - b));
  });

  it('of an album is one of several with one mark', async () => {
    ann.sendsAlbum([new Uint8Array(3), new Uint8Array(4)], 'Both sides');
    await telegram.settled();
    const [first, second] = updates();
    expect(first?.message?.media_group_id).toBeDefined();
    expect(second?.message?.media_group_id).toBe(first?.message?.media_group_id);
  });

  it('may be answered with a call', async () => {
    ann.starts();
    const { result } = await call('sendMessage', { chat_id: ann.id, text: 'How can we help?' });
    const query = ann.presses(result!.message_id, 'Repair', 'topic:repair');
    const answer = JSON.stringify({ method: 'answerCallbackQuery', callback_query_id: query });
    await telegram.settled();
    expect(telegram.answeredCallbacks).toEqual([]);
    stand.answers.push({ status: 200, body: answer });
    ann.says('And now');
    await telegram.settled();
    expect(telegram.answeredCallbacks).toEqual([query]);
  });
});

describe('a message of the bot', () => {
  it('reaches who wrote to it before, as an answer to what is there', async () => {
    const question = ann.says('Hello?');
    const reply_parameters = { message_id: question };
    expect(await call('sendMessage', { chat_id: ann.id, text: 'Hi', reply_parameters })).toMatchObject({
      ok: true,
    });
    expect(telegram.sentTo(ann)).toMatchObject([{ text: 'Hi', repliesTo: question }]);
  });

  it.each<[string, (chat: TelegramChat) => Promise<object>, number, string]>([
    [
      'to a stranger',
      (chat) => call('sendMessage', { chat_id: chat.id, text: 'Hi' }),
      403,
      "bot can't initiate conversation with a user",
    ],
    [
      'to who blocked it',
      (chat) => {
        chat.starts();
        chat.blocksBot();
        return call('sendMessage', { chat_id: chat.id, text: 'Hi' });
      },
      403,
      'bot was blocked by the user',
    ],
    ['to nobody', () => call('sendMessage', { chat_id: 5, text: 'Hi' }), 400, 'chat not found'],
    [
      'of 4,097 characters',
      (chat) => {
        chat.starts();
        return call('sendMessage', { chat_id: chat.id, text: 'x'.repeat(4097) });
      },
      400,
      'message is too long',
    ],
    [
      'with a wrong token',
      (chat) => call('sendMessage', { chat_id: chat.id, text: 'Hi' }, '1:x'),
      401,
      'Unauthorized',
    ],
  ])('%s is refused', async (_what, send, code, says) => {
    expect(await send(ann)).toMatchObject({
      ok: false,
      error_code: code,
      description: expect.stringContaining(says),
    });
    expect(telegram.sent).toEqual([]);
  });

  it('over the rate is refused for a second', async () => {
    ann.starts();
    telegram.flood(1);
    const fields = { chat_id: ann.id, text: 'Hi' };
    expect(await call('sendMessage', fields)).toMatchObject({
      error_code: 429,
      parameters: { retry_after: 1 },
    });
    expect(await call('sendMessage', fields)).toMatchObject({ ok: true });
  });

  it('may arrive without the bot hearing of it', async () => {
    ann.starts();
    telegram.loseAnswers(1);
    await expect(call('sendMessage', { chat_id: ann.id, text: 'Hi' })).rejects.toThrow('fetch failed');
    expect(telegram.sentTo(ann)).toHaveLength(1);
  });
});

describe('a file', () => {
  it('is handed out by its path, until it is moved', async () => {
    ann.sendsDocument('a.pdf', new Uint8Array([1, 2, 3]));
    await telegram.settled();
    const [update] = updates();
    const found = await call('getFile', { file_id: update!.message!.document!.file_id });
    const address = `${telegram.origin}/file/bot${telegram.token}/${found.result!.file_path}`;
    expect(new Uint8Array(await (await fetch(address)).arrayBuffer())).toEqual(new Uint8Array([1, 2, 3]));
    telegram.moveFiles();
    expect((await fetch(address)).status).toBe(404);
  });

  it('over 20 MB is not', async () => {
    ann.sendsDocument('big.mov', new Uint8Array(1), {}, 25 * 1024 * 1024);
    await telegram.settled();
    const [update] = updates();
    const found = await call('getFile', { file_id: update!.message!.document!.file_id });
    expect(found).toMatchObject({ error_code: 400, description: 'Bad Request: file is too big' });
  });
});
