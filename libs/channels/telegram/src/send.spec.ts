import { describe, expect, it } from '@jest/globals';
import { ChannelError, type OutboundDelivery } from '@tributary/channel-sdk';
import { sendToChat } from './send.js';
import { aDelivery, aFile, anInbox, answer, BOT_TOKEN, playBotApi } from './testing/telegram-play.js';

const SENT = answer(200, { ok: true, result: { message_id: 88, chat: { id: 700100200 } } });
const signal = new AbortController().signal;

async function send(delivery: OutboundDelivery, ...answers: Parameters<typeof playBotApi>) {
  const { ports, requests } = playBotApi(...answers);
  const receipt = await sendToChat(delivery, anInbox(), ports, signal);
  return { receipt, requests };
}

/** A multipart body as text; the files of these specs are text too. */
function formOf(body: Uint8Array | string | undefined): string {
  return typeof body === 'string' ? body : new TextDecoder().decode(body);
}

describe('a text', () => {
  it('goes to the chat as it is, without markup', async () => {
    const { receipt, requests } = await send(aDelivery({ text: '*stars* & <tags>' }), SENT);
    expect(receipt).toEqual({ state: 'sent', externalId: '700100200:88' });
    expect(requests[0]?.url).toBe(`https://api.telegram.org/bot${BOT_TOKEN}/sendMessage`);
    expect(JSON.parse(formOf(requests[0]?.body))).toEqual({
      chat_id: '700100200',
      text: '*stars* & <tags>',
    });
  });

  it('answers the message that came last, when that stands in the same chat', async () => {
    const references = ['700100200:11', '700100200:31'];
    const { requests } = await send(aDelivery({ references }), SENT);
    expect(JSON.parse(formOf(requests[0]?.body))).toMatchObject({
      reply_parameters: { message_id: 31, allow_sending_without_reply: true },
    });
  });

  it('answers nothing, when what came last stands elsewhere', async () => {
    const { requests } = await send(aDelivery({ references: ['-1001234567890:501'] }), SENT);
    expect(formOf(requests[0]?.body)).not.toContain('reply_parameters');
  });

  it('of 4,096 UTF-16 units is sent, and one more is refused', async () => {
    const longest = '😀'.repeat(2048);
    expect((await send(aDelivery({ text: longest }), SENT)).requests).toHaveLength(1);
    await expect(send(aDelivery({ text: `${longest}x` }))).rejects.toMatchObject({ code: 'unsupported' });
  });

  it('of nothing is refused', async () => {
    await expect(send(aDelivery({ text: ' \n' }))).rejects.toMatchObject({ code: 'unsupported' });
  });

  it('for something that is no chat is refused', async () => {
    const to = { kind: 'telegram', value: '@somebody' };
    await expect(send(aDelivery({ to }))).rejects.toMatchObject({ code: 'rejected_permanently' });
  });

  it('counts as sent when the answer cannot be read', async () => {
    const { receipt } = await send(aDelivery(), { ...SENT, body: new Uint8Array([1, 2]) });
    expect(receipt).toEqual({ state: 'sent' });
  });
});

describe('files', () => {
  it('a picture is a photo, with the text below it', async () => {
    const files = [aFile('crack "1".png', 'image/png')];
    const { requests } = await send(aDelivery({ files }), SENT);
    expect(requests[0]?.url).toMatch(/\/sendPhoto$/);
    const form = formOf(requests[0]?.body);
    expect(form).toContain('name="caption"\r\n\r\nWhich lamp is it?\r\n');
    expect(form).toContain('name="photo"; filename="crack %221%22.png"\r\ncontent-type: image/png\r\n\r\n');
    expect(requests[0]?.headers?.['content-type']).toMatch(/^multipart\/form-data; boundary=/);
  });

  it('anything else is a document, also a picture that is too large for a photo', async () => {
    const manual = await send(aDelivery({ files: [aFile('manual.pdf', 'application/pdf')] }), SENT);
    const large = await send(aDelivery({ files: [aFile('large.png', 'image/png', 10_000_001)] }), SENT);
    for (const { requests } of [manual, large]) expect(requests[0]?.url).toMatch(/\/sendDocument$/);
  });

  it('a picture that Telegram cannot draw is sent again as a document', async () => {
    const refusal = answer(400, {
      ok: false,
      error_code: 400,
      description: 'Bad Request: PHOTO_INVALID_DIMENSIONS',
    });
    const files = [aFile('strip.png', 'image/png')];
    const { receipt, requests } = await send(aDelivery({ files }), refusal, SENT);
    expect(requests.map(({ url }) => url.split('/').at(-1))).toEqual(['sendPhoto', 'sendDocument']);
    expect(receipt.externalId).toBe('700100200:88');
  });

  it('several go as one group, and every message of it has an id', async () => {
    const files = [aFile('a.png', 'image/png'), aFile('b.pdf', 'application/pdf')];
    const result = [88, 89].map((message_id) => ({ message_id, chat: { id: 700100200 } }));
    const { receipt, requests } = await send(aDelivery({ files }), answer(200, { ok: true, result }));
    expect(requests[0]?.url).toMatch(/\/sendMediaGroup$/);
    const media = /name="media"\r\n\r\n(.*)\r\n/.exec(formOf(requests[0]?.body))?.[1] ?? '';
    expect(JSON.parse(media)).toEqual([
      { type: 'document', media: 'attach://file0' },
      { type: 'document', media: 'attach://file1', caption: 'Which lamp is it?' },
    ]);
    expect(receipt).toEqual({ state: 'sent', externalId: '700100200:88', furtherIds: ['700100200:89'] });
  });

  it('photos of a group share the first one’s text', async () => {
    const files = [aFile('a.png', 'image/png'), aFile('b.jpg', 'image/jpeg')];
    const { requests } = await send(aDelivery({ files }), SENT);
    const media = /name="media"\r\n\r\n(.*)\r\n/.exec(formOf(requests[0]?.body))?.[1] ?? '';
    expect(JSON.parse(media)).toMatchObject([
      { type: 'photo', caption: 'Which lamp is it?' },
      { type: 'photo' },
    ]);
  });

  it.each([
    [
      'with a text over 1,024 characters',
      { text: 'x'.repeat(1025), files: [aFile('a.pdf', 'application/pdf')] },
    ],
    ['eleven of them', { files: Array.from({ length: 11 }, () => aFile('a.pdf', 'application/pdf')) }],
  ])('%s are refused before anything is sent', async (_what, change) => {
    await expect(send(aDelivery(change))).rejects.toMatchObject({ code: 'unsupported' });
  });
});

describe('when it fails', () => {
  it('a group that has another id now gets it there', async () => {
    const refusal = answer(400, {
      ok: false,
      error_code: 400,
      description: 'Bad Request: group chat was upgraded to a supergroup chat',
      parameters: { migrate_to_chat_id: -1001234567890 },
    });
    const to = { kind: 'telegram', value: '-4001' };
    const sent = answer(200, { ok: true, result: { message_id: 5, chat: { id: -1001234567890 } } });
    const { receipt, requests } = await send(aDelivery({ to, references: ['-4001:9'] }), refusal, sent);
    expect(JSON.parse(formOf(requests[1]?.body))).toEqual({
      chat_id: '-1001234567890',
      text: 'Which lamp is it?',
    });
    expect(receipt.externalId).toBe('-1001234567890:5');
  });

  it('a request without an answer is not repeated by itself: nothing would tell Telegram that it is the same', async () => {
    const lost = new ChannelError('unknown_outcome', 'the connection ended');
    await expect(send(aDelivery(), lost)).rejects.toMatchObject({
      code: 'rejected_permanently',
      message: expect.stringContaining('did not answer'),
    });
  });

  it('a request that never left is tried again', async () => {
    const refused = new ChannelError('unavailable', 'nobody answers');
    await expect(send(aDelivery(), refused)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('says nothing of the token', async () => {
    const refusal = answer(401, { ok: false, error_code: 401, description: 'Unauthorized' });
    const error: unknown = await send(aDelivery(), refusal).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ChannelError);
    expect(JSON.stringify(error) + String(error)).not.toContain(BOT_TOKEN);
  });
});
