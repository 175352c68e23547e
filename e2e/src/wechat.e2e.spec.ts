import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { InboxHealthView, InboxView, MessageItem, PersonView, TicketDetail } from '@tributary/contracts';
import { WechatSimulator, WecomSimulator } from '@tributary/testing';
import { Desk, messagesOf } from './system/desk.js';
import { eventually } from './system/eventually.js';
import { type RunningSystem, startSystem } from './system/running-system.js';

jest.setTimeout(240_000);

const ACCOUNT = {
  appId: 'wx49f0ab532d5d035a',
  appSecret: 'app-secret-of-nobody',
  callbackToken: 'sesame',
  encodingAesKey: 'kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR',
};
const COMPANY = {
  corpId: 'ww5823bf96d3bd56c7',
  secret: 'kf-secret-of-nobody',
  openKfIds: ['wkAJ2GCAAASSm4_FhToWMFea0xAFfd3Q', 'wkBJ2GCAAASSm4_FhToWMFea0xAFfd3Q'],
  callbackToken: 'open',
  encodingAesKey: 'jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C',
};

const APPLICATION = { agentId: 1_000_002, secret: 'notice-secret-of-nobody', userIds: ['mei', 'ada'] };

let system: RunningSystem;
let admin: Desk;
/** One account that plays both parts: what a push says tells them apart. */
let wechat: WechatSimulator;
let wecom: WecomSimulator;

beforeAll(async () => {
  const { callbackToken, ...account } = ACCOUNT;
  wechat = new WechatSimulator({ ...account, token: callbackToken, kind: 'official', format: 'xml' });
  const { callbackToken: token, ...company } = COMPANY;
  wecom = new WecomSimulator({ ...company, token, pageSize: 2, application: APPLICATION });
  const [wechatUrl, wecomUrl] = [await wechat.start(), await wecom.start()];
  system = await startSystem({
    providerOrigins: `https://api.weixin.qq.com=${wechatUrl} https://qyapi.weixin.qq.com=${wecomUrl}`,
  });
  admin = await Desk.signIn(system.signInUrl);
});

afterAll(async () => {
  await system?.stop();
  await wechat?.stop();
  await wecom?.stop();
});

function inboxOf(channel: InboxView['channel'], settings: Record<string, unknown>): Promise<InboxView> {
  return admin.createInbox({ channel, name: `Shop ${channel}`, enabled: true, settings });
}

async function ticketsOf(channel: InboxView['channel']): Promise<readonly TicketDetail[]> {
  const rows = (await admin.tickets()).filter((row) => row.channel === channel);
  return Promise.all(rows.map(({ id }) => admin.ticket(id)));
}

/** What customers wrote on a channel, when it is so many messages at least. */
function written(channel: InboxView['channel'], count: number): Promise<readonly MessageItem[]> {
  return eventually(`${count} messages on ${channel}`, async () => {
    const messages = (await ticketsOf(channel)).flatMap(messagesOf);
    const inbound = messages.filter(({ direction }) => direction === 'inbound');
    return inbound.length >= count ? inbound : undefined;
  });
}

function ticketSaying(channel: InboxView['channel'], text: string): Promise<TicketDetail> {
  return eventually(`a ticket that says ${text}`, async () =>
    (await ticketsOf(channel)).find((ticket) => messagesOf(ticket).some((each) => each.text === text)),
  );
}

async function sentTo(ticketId: string): Promise<void> {
  await admin.ticketUntil(ticketId, 'a reply that was sent', (ticket) =>
    messagesOf(ticket).some(({ delivery }) => delivery?.state === 'sent'),
  );
}

describe('an Official Account with encrypted messages', () => {
  const openid = 'oFkT0w5Vb2Xn8mQ1rZ7yLc3dEa9s';
  let ticketId: string;

  beforeAll(async () => {
    wechat.address = (await inboxOf('wechat_oa', ACCOUNT)).publicAddress ?? '';
  });

  it('has an address that the vendor’s check accepts', async () => {
    expect(await wechat.checkAddress()).toBe(true);
  });

  it('makes one message of one that is delivered three times at once', async () => {
    const { attempts } = await wechat.write(
      openid,
      { MsgType: 'text', Content: '台灯不亮了 💡[流泪]' },
      { atOnce: true },
    );
    expect(attempts).toEqual(Array.from({ length: 3 }, () => ({ status: 200, body: 'success' })));
    const ticket = await ticketSaying('wechat_oa', '台灯不亮了 💡[流泪]');
    expect(ticket.identities).toMatchObject([{ kind: 'openid', value: openid }]);
    ticketId = ticket.id;
    // What comes later was handled later, so by then each of the three was.
    await wechat.write(openid, { MsgType: 'text', Content: '还在保修期' });
    await ticketSaying('wechat_oa', '还在保修期');
    const texts = (await written('wechat_oa', 2)).map(({ text }) => text);
    expect(texts.toSorted()).toEqual(['台灯不亮了 💡[流泪]', '还在保修期'].toSorted());
  });

  it('fetches the picture of a message, and keeps it', async () => {
    const lamp = Buffer.from('a picture of a lamp');
    const MediaId = wechat.media.put('image', 'lamp.jpg', 'image/jpeg', lamp);
    await wechat.write(openid, { MsgType: 'image', PicUrl: 'http://mmbiz.qpic.cn/x/0', MediaId });
    const attachment = await eventually('the picture', async () =>
      (await written('wechat_oa', 3)).flatMap(({ attachments }) => attachments).at(0),
    );
    expect(attachment.name).toBe('image.jpg');
    expect((await admin.bytes(attachment.url)).equals(lamp)).toBe(true);
  });

  it('shows the agent’s reply to the customer', async () => {
    await admin.reply(ticketId, { text: '请问是哪一款？🙂' });
    await sentTo(ticketId);
    expect(wechat.shown).toEqual([{ openid, type: 'text', text: '请问是哪一款？🙂' }]);
  });

  it('goes on when the access token was renewed by somebody else', async () => {
    wechat.tokens.revoke();
    await admin.reply(ticketId, { text: '我们会换新的' });
    await eventually('the second reply', async () => wechat.shown[1]);
    expect(wechat.shown.map(({ text }) => text)).toEqual(['请问是哪一款？🙂', '我们会换新的']);
  });

  it('refuses what is not sealed, and what was sealed for somebody else', async () => {
    const plain = await fetch(`${wechat.address}?signature=x&timestamp=1&nonce=1`, {
      method: 'POST',
      body: '<xml><FromUserName>o1</FromUserName><MsgType>text</MsgType></xml>',
    });
    const stranger = new WechatSimulator({
      ...{ ...ACCOUNT, token: ACCOUNT.callbackToken, kind: 'official', format: 'xml' },
      appId: 'wx0000000000000000',
    });
    stranger.address = wechat.address;
    const { attempts } = await stranger.write(openid, { MsgType: 'text', Content: 'x' }, { tries: 1 });
    expect([plain.status, attempts[0]!.status]).toEqual([403, 403]);
    expect(await plain.text()).toBe(attempts[0]!.body);
  });
});

describe('a mini-program', () => {
  const openid = 'oMiniVb2Xn8mQ1rZ7yLc3dEa9sXYZ';
  const card = (orderNo: string) => ({
    ...{ MsgType: 'miniprogrampage', Title: '我的订单', AppId: ACCOUNT.appId },
    PagePath: `pages/order/detail?orderNo=${orderNo}`,
  });

  beforeAll(async () => {
    const orderLink = 'https://shop.example.com/orders/{order}';
    wechat.address = (await inboxOf('wechat_mini', { ...ACCOUNT, orderLink })).publicAddress ?? '';
  });

  it('puts the order of a card on the ticket, with the shop’s address of it', async () => {
    await wechat.write(openid, card('20261124000187'));
    await written('wechat_mini', 1);
    const [ticket] = await ticketsOf('wechat_mini');
    expect(ticket!.fields).toMatchObject({ order: '20261124000187' });
    expect(ticket!.orderUrl).toBe('https://shop.example.com/orders/20261124000187');
  });

  it('finds the ticket by the order of a later card', async () => {
    await wechat.write(openid, { MsgType: 'text', Content: '还有一单' });
    await ticketSaying('wechat_mini', '还有一单');
    await wechat.write(openid, card('20261124000999'));
    await wechat.write(openid, { MsgType: 'text', Content: '就是这一单' });
    const { id, fields } = await ticketSaying('wechat_mini', '就是这一单');
    expect(fields).toMatchObject({ order: '20261124000999' });
    expect((await admin.tickets('all', '20261124000999')).map((row) => row.id)).toEqual([id]);
  });
});

describe('customer service in WeCom', () => {
  const second = COMPANY.openKfIds[1]!;
  const customer = 'wmAJ2GCAAAme1XQRC-NI-q0_ZM9ukoAw';
  const [anna, bert] = ['wmCJ2GCAAAme1XQRC-NI-q0_ZM9ukoAw', 'wmDJ2GCAAAme1XQRC-NI-q0_ZM9ukoAw'];
  const text = (content: string) => ({ msgtype: 'text', text: { content } });

  beforeAll(async () => {
    const settings = {
      ...{ ...COMPANY, endsSession: true, welcomeText: '您好', endText: '再见' },
      ...{ noticeAgentId: String(APPLICATION.agentId), noticeSecret: APPLICATION.secret },
    };
    wecom.address = (await inboxOf('wecom_kf', settings)).publicAddress ?? '';
  });

  it('has an address that the vendor’s check accepts', async () => {
    expect(await wecom.checkAddress()).toBe(true);
  });

  it('pulls everything there is when it is called, and all of it once', async () => {
    for (const content of ['发票开错了', '抬头不对', '请重开']) wecom.write(second, customer, text(content));
    const attempts = await wecom.call(second, { atOnce: true });
    expect(attempts.map(({ status }) => status)).toEqual([200, 200, 200]);
    await ticketSaying('wecom_kf', '请重开');
    const texts = (await written('wecom_kf', 3)).map((message) => message.text);
    expect(texts.toSorted()).toEqual(['发票开错了', '抬头不对', '请重开'].toSorted());
  });

  it('answers from the account that was written to', async () => {
    const { id } = await ticketSaying('wecom_kf', '发票开错了');
    await admin.reply(id, { text: '好的，马上重开' });
    await sentTo(id);
    expect(wecom.shown).toMatchObject([{ openKfId: second, openid: customer, text: '好的，马上重开' }]);
  });

  it('tells the agent that the customer refused it', async () => {
    const { id } = await ticketSaying('wecom_kf', '发票开错了');
    wecom.happen(second, {
      ...{ event_type: 'msg_send_fail', external_userid: customer, fail_type: 10 },
      fail_msgid: wecom.shown[0]!.msgid,
    });
    await wecom.call(second);
    const ticket = await admin.ticketUntil(id, 'a reply that failed', (each) =>
      messagesOf(each).some(({ delivery }) => delivery?.state === 'failed'),
    );
    const failed = messagesOf(ticket).find(({ delivery }) => delivery?.state === 'failed');
    expect(failed?.delivery?.errorDetail).toContain('refuses messages');
  });

  it('welcomes a customer who enters', async () => {
    wecom.enter(COMPANY.openKfIds[0]!, 'wmBJ2GCAAAme1XQRC-NI-q0_ZM9ukoAw');
    await wecom.call(COMPANY.openKfIds[0]!);
    await eventually('the welcome', async () => wecom.shown.find((each) => each.text === '您好'));
  });

  it('ends the session with the reply that solves the ticket', async () => {
    wecom.write(second, customer, text('还有一件事'));
    await wecom.call(second);
    const { id } = await ticketSaying('wecom_kf', '还有一件事');
    await admin.reply(id, { text: '已办好', setStatus: 'solved' });
    await eventually('the word at the end', async () => wecom.shown.find((each) => each.text === '再见'));
    expect(wecom.stateOf(second, customer)).toBe(4);
    expect(wecom.shown.slice(-2).map((each) => each.text)).toEqual(['已办好', '再见']);
  });

  it('tells who is away from the console of their ticket, and of what its customer writes then, once each', async () => {
    const mei = await colleague('Mei', 'mei');
    const ticket = await ticketOf(anna, '请小梅看一下');
    await admin.change(ticket.id, { assigneeId: mei.id });
    const given = await eventually('a notice', async () => wecom.notices[0]);
    expect(given).toMatchObject({ userId: 'mei', title: `Ticket #${ticket.number} is yours` });
    expect(given.url).toMatch(new RegExp(`/tickets/mine/${ticket.id}#`));
    // Who does something without the console, and is away again.
    await (await admin.colleague(mei.email)).note(ticket.id, '在路上');
    await ticketOf(anna, '还在吗');
    const wrote = await eventually('a second notice', async () => wecom.notices[1]);
    expect(wrote).toMatchObject({ userId: 'mei', title: `The customer wrote: ticket #${ticket.number}` });
    await eventually('both written down', async () => (await noticed())?.told === 2 || undefined);
    expect(wecom.notices).toHaveLength(2);
  });

  it('tells nobody who has the console open, and who has closed it again', async () => {
    const ada = await colleague('Ada', 'ada');
    const { id } = await ticketOf(bert, '请小艾看一下');
    const page = await (await admin.colleague(ada.email)).stream();
    await admin.change(id, { assigneeId: ada.id });
    await eventually(
      'a notice that was not needed',
      async () => (await noticed())?.present === 1 || undefined,
    );
    expect(wecom.notices).toHaveLength(2);
    page.close();
    // That the page has gone is heard in a moment: of what comes before that she is not told.
    const told = await eventually('a notice to who has left', async () => {
      await admin.change(id, { assigneeId: null });
      await admin.change(id, { assigneeId: ada.id });
      return wecom.notices[2];
    });
    expect(told.userId).toBe('ada');
  });

  const colleague = (name: string, wecomUserId: string) =>
    admin.call<PersonView>('POST', '/api/people', { name, email: `${wecomUserId}@example.com`, wecomUserId });

  async function ticketOf(writer: string, content: string): Promise<TicketDetail> {
    wecom.write(second, writer, text(content));
    await wecom.call(second);
    return ticketSaying('wecom_kf', content);
  }

  async function noticed(): Promise<InboxHealthView['notices']> {
    const { id } = await admin.inboxOf('wecom_kf');
    return (await admin.call<InboxHealthView>('GET', `/api/inboxes/${id}/health`)).notices;
  }
});
