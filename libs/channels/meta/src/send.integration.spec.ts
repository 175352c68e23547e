import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ChannelInbox, ChannelModule, OutboundDelivery } from '@tributary/channel-sdk';
import { type MetaAccount, MetaSimulator, simulatorPorts } from '@tributary/testing';
import { instagram, messenger, whatsappCloud } from './index.js';

const page: MetaAccount = {
  ...{ product: 'messenger', id: '104551239876543', senderId: '104551239876543', displayNumber: '' },
};
const account: MetaAccount = {
  ...{ product: 'instagram', id: '17841405822304914', senderId: '104551239876543', displayNumber: '' },
};
const number: MetaAccount = {
  ...{
    product: 'whatsapp',
    id: '106540352242922',
    senderId: '106540352242922',
    displayNumber: '15550783881',
  },
};
const access = { appSecret: 'simulated app secret', accessToken: 'EAAG-simulated', verifyToken: 'v v v v v' };
const HOUR_MS = 3_600_000;

interface Case {
  readonly channel: ChannelModule;
  readonly account: MetaAccount;
  readonly to: OutboundDelivery['to'];
  readonly settings: Readonly<Record<string, string>>;
}

const onMessenger: Case = {
  channel: messenger,
  account: page,
  to: { kind: 'psid', value: '6498723110425561' },
  settings: { ...access, pageId: page.id },
};
const onInstagram: Case = {
  channel: instagram,
  account,
  to: { kind: 'igsid', value: '1254459154682919' },
  settings: { ...access, pageId: account.senderId, accountId: account.id },
};
const onWhatsapp: Case = {
  channel: whatsappCloud,
  account: number,
  to: { kind: 'phone', value: '+16505551234' },
  settings: { ...access, phoneNumberId: number.id },
};

let meta: MetaSimulator;

beforeAll(async () => {
  meta = await MetaSimulator.start({ accounts: [page, account, number], echoes: 'never' });
  meta.calls.hold();
});
afterAll(() => meta.stop());

beforeEach(async () => {
  await meta.writes(page, { id: onMessenger.to.value }, { text: 'Hello' });
  await meta.writes(account, { id: onInstagram.to.value }, { text: 'Hello' });
  await meta.writes(number, { id: '16505551234', userId: 'US.13491208655302741918' }, { text: 'Hello' });
});

function send(
  { channel, to, settings }: Case,
  change: Partial<OutboundDelivery> = {},
  overruled: Readonly<Record<string, string>> = {},
) {
  const inbox: ChannelInbox = { id: 'i', name: 'Acme', settings: { ...settings, ...overruled } };
  const delivery: OutboundDelivery = {
    messageId: '0190f3a2-7c5d-7e8a-9b0c-1d2e3f405162',
    attempt: 2,
    inboxId: 'i',
    channel: channel.manifest.channel,
    conversationId: '0190f3a2-7c5d-7e8a-9b0c-1d2e3f405163',
    ticketId: '0190f3a2-7c5d-7e8a-9b0c-1d2e3f405164',
    ticketNumber: '1042',
    to,
    authorName: 'Ada',
    text: 'Which lamp is it?',
    files: [],
    threadToken: 'c1.x',
    references: [],
    ...change,
  };
  return channel.send(delivery, inbox, simulatorPorts(meta.origins), new AbortController().signal);
}

const pdf = { name: 'invoice "1".pdf', contentType: 'application/pdf', content: Buffer.from('%PDF-1.7 é') };
const png = {
  name: 'lamp.png',
  contentType: 'image/png; charset=x',
  content: Buffer.from([137, 80, 78, 71]),
};
const lastSent = (count = 1) => meta.sent.slice(-count);

describe.each([onMessenger, onInstagram])('a reply on $channel.manifest.channel', (which) => {
  it('leaves with our token, so that its echo is known', async () => {
    const receipt = await send(which);
    const [sent] = lastSent();
    expect(receipt).toEqual({ state: 'sent', externalId: sent!.id });
    expect(sent!.body).toEqual({
      recipient: { id: which.to.value },
      messaging_type: 'RESPONSE',
      message: {
        text: 'Which lamp is it?',
        metadata: 'tributary:0190f3a2-7c5d-7e8a-9b0c-1d2e3f405162:2:0',
      },
    });
  });

  it('leaves its files one by one after the text, each uploaded as it is', async () => {
    const receipt = await send(which, { files: [pdf, png] });
    const [words, first, second] = lastSent(3);
    expect(receipt).toEqual({
      state: 'sent',
      externalId: words!.id,
      furtherIds: [first!.id, second!.id],
    });
    const attachments = [first, second].map(
      (sent) => (sent!.body.message as { attachment: unknown }).attachment,
    );
    expect(attachments).toMatchObject([{ type: 'file' }, { type: 'image' }]);
    const [file] = attachments as { payload: { attachment_id: string } }[];
    expect(meta.uploaded(file!.payload.attachment_id)).toMatchObject({
      name: 'invoice "1".pdf',
      contentType: 'application/pdf',
      content: new Uint8Array(pdf.content),
    });
  });

  it('is refused a day after the customer wrote, and taken for a week with the tag of a person', async () => {
    meta.advance(25 * HOUR_MS);
    await expect(send(which)).rejects.toMatchObject({ code: 'window_closed' });
    await send(which, { tag: 'HUMAN_AGENT' });
    expect(lastSent()[0]!.body).toMatchObject({ messaging_type: 'MESSAGE_TAG', tag: 'HUMAN_AGENT' });
    meta.advance(6 * 24 * HOUR_MS);
    await expect(send(which, { tag: 'HUMAN_AGENT' })).rejects.toMatchObject({ code: 'window_closed' });
  });
});

describe('a reply on instagram', () => {
  it('that is too long in bytes leaves as several, none cut inside a character', async () => {
    const words = '台灯👩‍👩‍👧‍👦 '.repeat(60).trim();
    const receipt = await send(onInstagram, { text: words });
    const parts = lastSent(1 + (receipt.furtherIds?.length ?? 0)).map(
      ({ body }) => (body.message as { text: string }).text,
    );
    expect(parts.length).toBeGreaterThan(1);
    expect(parts.every((part) => Buffer.byteLength(part) <= 1000)).toBe(true);
    expect(parts.join(' ')).toBe(words);
  });

  it('has no file of a kind that Instagram does not take', async () => {
    const zip = { name: 'all.zip', contentType: 'application/zip', content: Buffer.from('PK') };
    await expect(send(onInstagram, { files: [zip] })).rejects.toMatchObject({ code: 'unsupported' });
  });
});

describe('a reply on whatsapp_cloud', () => {
  it('leaves to the number, with our token for its statuses', async () => {
    const receipt = await send(onWhatsapp);
    const [sent] = lastSent();
    expect(receipt).toEqual({ state: 'sent', externalId: sent!.id });
    expect(sent!.body).toEqual({
      messaging_product: 'whatsapp',
      recipient_type: 'individual',
      to: '16505551234',
      type: 'text',
      text: { body: 'Which lamp is it?', preview_url: false },
      biz_opaque_callback_data: 'tributary:0190f3a2-7c5d-7e8a-9b0c-1d2e3f405162:2:0',
    });
  });

  it('names a business-scoped id as the recipient, never as a number', async () => {
    await send(onWhatsapp, { to: { kind: 'bsuid', value: 'US.13491208655302741918' } });
    expect(lastSent()[0]!.body).toMatchObject({ recipient: 'US.13491208655302741918' });
    expect(lastSent()[0]!.body).not.toHaveProperty('to');
  });

  it('shows pictures as such, and what WhatsApp cannot show as documents with their names', async () => {
    const large = { ...png, name: 'large.png', content: new Uint8Array(5_000_001) };
    await send(onWhatsapp, { text: '', files: [png, large, pdf] });
    expect(lastSent(3).map(({ body }) => body.type)).toEqual(['image', 'document', 'document']);
    expect(lastSent(3).map(({ body }) => (body.document as { filename: string })?.filename)).toEqual([
      undefined,
      'large.png',
      'invoice "1".pdf',
    ]);
  });

  it('is refused a day after the customer wrote', async () => {
    meta.advance(25 * HOUR_MS);
    await expect(send(onWhatsapp)).rejects.toMatchObject({ code: 'window_closed' });
  });
});

describe.each([onMessenger, onInstagram, onWhatsapp])('sending on $channel.manifest.channel', (which) => {
  it('says so when the token ran out, or belongs to another app', async () => {
    await expect(send(which, {}, { accessToken: 'EAAG-old' })).rejects.toMatchObject({
      code: 'bad_credentials',
    });
    await expect(send(which, {}, { appSecret: 'of another app' })).rejects.toMatchObject({
      code: 'bad_credentials',
    });
    await expect(send(which, {}, { accessToken: '' })).rejects.toMatchObject({ code: 'bad_credentials' });
  });

  it('does not try by itself what is left, once a part of a message has left', async () => {
    const before = meta.sent.length;
    meta.refuse(4, { after: 1 });
    await expect(send(which, { files: [pdf] })).rejects.toMatchObject({
      code: 'rejected_permanently',
      message: expect.stringMatching(/^Only 1 of 2 parts/),
    });
    expect(meta.sent).toHaveLength(before + 1);
  });

  it('may be tried again when Meta wants it slower, as nothing has left', async () => {
    const before = meta.sent.length;
    meta.refuse(4);
    await expect(send(which)).rejects.toMatchObject({ code: 'rate_limited' });
    expect(meta.sent).toHaveLength(before);
  });

  it('reaches nothing when it was stopped before', async () => {
    const before = meta.sent.length;
    const stopped = which.channel.send(
      { ...({} as OutboundDelivery), to: which.to, text: 'x', files: [], messageId: 'm', attempt: 1 },
      { id: 'i', name: 'Acme', settings: which.settings },
      simulatorPorts(meta.origins),
      AbortSignal.abort(),
    );
    await expect(stopped).rejects.toMatchObject({ code: 'unavailable' });
    expect(meta.sent).toHaveLength(before);
  });
});

describe('a template', () => {
  const businessAccountId = '102290129340398';
  const body = 'Hi {{1}}, order {{2}} was sent.';
  const shipped = {
    ...{ id: '1', name: 'shipped', language: 'en', status: 'APPROVED' as const },
    components: [
      { type: 'HEADER' as const, format: 'TEXT', text: 'News of {{1}}', example: { header_text: ['Acme'] } },
      { type: 'BODY' as const, text: body, example: { body_text: [['Ann', '4711']] } },
      { type: 'FOOTER' as const, text: 'Acme Ltd' },
    ],
  };
  const named = {
    ...{ id: '2', name: 'named', language: 'de_DE', status: 'APPROVED' as const },
    components: [
      {
        ...{ type: 'BODY' as const, text: 'Hallo {{customer}}!' },
        example: { body_text_named_params: [{ param_name: 'customer', example: 'Anna' }] },
      },
    ],
  };
  const refused = { ...named, id: '3', name: 'refused', status: 'REJECTED' as const };
  const picture = {
    ...{ id: '4', name: 'picture', language: 'en', status: 'APPROVED' as const },
    components: [{ type: 'HEADER' as const, format: 'IMAGE' }, ...named.components],
  };
  const list = (settings: Readonly<Record<string, string>> = { businessAccountId }) =>
    whatsappCloud.templates!(
      { id: 'i', name: 'Acme', settings: { ...onWhatsapp.settings, ...settings } },
      simulatorPorts(meta.origins),
      new AbortController().signal,
    );
  const sendTemplate = (template: OutboundDelivery['template']) => send(onWhatsapp, { template });

  beforeAll(() => meta.setTemplates(businessAccountId, [shipped, named, refused, picture]));

  it('is listed when it is approved and text is all that it needs, over all pages', async () => {
    expect(await list()).toEqual([
      {
        ...{ id: '1', name: 'shipped', language: 'en' },
        text: 'News of {{header.1}}\n\nHi {{1}}, order {{2}} was sent.\n\nAcme Ltd',
        variables: [
          { name: 'header.1', example: 'Acme' },
          { name: '1', example: 'Ann' },
          { name: '2', example: '4711' },
        ],
      },
      {
        ...{ id: '2', name: 'named', language: 'de_DE', text: 'Hallo {{customer}}!' },
        variables: [{ name: 'customer', example: 'Anna' }],
      },
    ]);
    expect(await list({})).toEqual([]);
  });

  it('is taken when the 24 hours are over, where a text is not', async () => {
    meta.advance(25 * HOUR_MS);
    await expect(send(onWhatsapp)).rejects.toMatchObject({ code: 'window_closed' });
    const variables = { 'header.1': 'Acme', '2': '4711', '1': 'Ann' };
    await sendTemplate({ id: '1', name: 'shipped', language: 'en', variables });
    await sendTemplate({ id: '2', name: 'named', language: 'de_DE', variables: { customer: 'Anna' } });
    const [first, second] = meta.sent.slice(-2).map(({ body: sent }) => sent);
    expect(first).toMatchObject({
      type: 'template',
      template: {
        ...{ name: 'shipped', language: { code: 'en' } },
        components: [
          { type: 'header', parameters: [{ type: 'text', text: 'Acme' }] },
          {
            type: 'body',
            parameters: [
              { type: 'text', text: 'Ann' },
              { type: 'text', text: '4711' },
            ],
          },
        ],
      },
    });
    expect(second).toMatchObject({
      template: {
        components: [{ type: 'body', parameters: [{ parameter_name: 'customer', text: 'Anna' }] }],
      },
    });
  });

  it('that is not approved, or is filled wrongly, fails for good', async () => {
    const wrong: NonNullable<OutboundDelivery['template']>[] = [
      { id: '3', name: 'refused', language: 'de_DE', variables: { customer: 'Anna' } },
      { id: '1', name: 'shipped', language: 'en', variables: { '1': 'Ann' } },
    ];
    for (const template of wrong) {
      await expect(sendTemplate(template)).rejects.toMatchObject({ code: 'rejected_permanently' });
    }
  });
});
