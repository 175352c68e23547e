import type { ChannelInbox, ColleagueNotice } from '@tributary/channel-sdk';
import { simulatorPorts, type SimulatorPorts, WecomSimulator } from '@tributary/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { wecomKf } from './index.js';

const settings = {
  corpId: 'ww5823bf96d3bd56c7',
  secret: 'kf-secret-of-nobody',
  openKfIds: ['wkAJ2GCAAASSm4_FhToWMFea0xAFfd3Q'],
  callbackToken: 'sesame',
  encodingAesKey: 'jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C',
  noticeAgentId: '1000002',
  noticeSecret: 'notice-secret-of-nobody',
};
const inbox: ChannelInbox = { id: 'i', name: 'Shop', settings };
const notice = {
  to: 'mei',
  title: '工单 #1',
  text: '发票',
  url: 'https://desk.example.org/tickets/mine/1',
};
const signal = new AbortController().signal;

let now: number;
let simulator: WecomSimulator;
let ports: SimulatorPorts;

beforeEach(async () => {
  now = Date.parse('2026-11-24T10:30:00Z');
  const { callbackToken: token, corpId, secret, openKfIds, encodingAesKey, noticeSecret } = settings;
  simulator = new WecomSimulator({
    ...{ corpId, secret, token, encodingAesKey, openKfIds, now: () => now },
    application: { agentId: 1_000_002, secret: noticeSecret, userIds: ['mei'], unlicensed: ['on-leave'] },
  });
  ports = simulatorPorts(new Map([['https://qyapi.weixin.qq.com', await simulator.start()]]), () => now);
});
afterEach(() => simulator.stop());

const tell = (to: ColleagueNotice, by: ChannelInbox = inbox) =>
  wecomKf.colleagues!.tell(to, by, ports, signal);

describe('a notice to a colleague', () => {
  it('is a card of the application that leads to the ticket', async () => {
    await tell(notice);
    const { title, text, url } = notice;
    expect(simulator.notices).toEqual([{ userId: 'mei', title, text, url }]);
  });

  it('sent twice is shown once, and another one is another', async () => {
    await tell(notice);
    await tell(notice);
    await tell({ ...notice, text: '12:00 发票' });
    expect(simulator.notices).toHaveLength(2);
  });

  it('has a token of its own beside that of the customers’', async () => {
    simulator.write(settings.openKfIds[0]!, 'wmANN', { msgtype: 'text', text: { content: 'hi' } });
    const inbound = wecomKf.inbound as Extract<typeof wecomKf.inbound, { kind: 'pull' }>;
    for await (const _window of inbound.fetch(inbox, null, ports, signal, null)) continue;
    await tell(notice);
    expect([simulator.tokens.issued, simulator.applicationTokens.issued]).toEqual([1, 1]);
  });

  it('with a long subject is cut to what a card holds, between characters', async () => {
    await tell({ ...notice, title: '工'.repeat(100), text: `1${'💡'.repeat(300)}` });
    expect(simulator.notices).toMatchObject([{ title: '工'.repeat(42), text: `1${'💡'.repeat(127)}` }]);
  });

  it.each(['nobody', 'on-leave', '@all', 'mei|li', ''])(
    'to %j fails for good, and reaches nobody',
    async (to) => {
      await expect(tell({ ...notice, to })).rejects.toMatchObject({
        code: 'rejected_permanently',
        message: expect.stringMatching(/^WeCom reaches nobody of this id/) as unknown,
      });
      expect(simulator.notices).toEqual([]);
    },
  );

  it.each([
    ['a Secret that is wrong', { noticeSecret: 'wrong' }],
    ['an AgentId that is wrong', { noticeAgentId: '7' }],
  ])('with %s says that we are refused, not that the person is', async (_, wrong) => {
    const elsewhere = { ...inbox, settings: { ...settings, ...wrong } };
    await expect(tell(notice, elsewhere)).rejects.toMatchObject({ code: 'bad_credentials' });
  });
});

describe('the application that tells colleagues', () => {
  it.each([
    ['noticeSecret', { noticeSecret: '' }],
    ['noticeAgentId', { noticeAgentId: '' }],
    ['noticeAgentId', { noticeAgentId: 'wk1' }],
  ])('has its AgentId, a number, and its Secret together: %s is asked for', (field, wrong) => {
    expect(wecomKf.checkSettings({ ...settings, ...wrong })).toMatchObject([{ field }]);
  });

  it('need not be there', () => {
    expect(wecomKf.checkSettings({ ...settings, noticeAgentId: '', noticeSecret: '' })).toEqual([]);
  });
});
