import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { WecomSimulator } from './wecom.js';

const KF = 'wkAJ2GCAAASSm4_FhToWMFea0xAFfd3Q';
const ANN = 'wmAJ2GCAAAme1XQRC-NI-q0_ZM9ukoAw';
const DAY = 86_400_000;
const text = { msgtype: 'text', text: { content: 'hi' } };

let now: number;
let simulator: WecomSimulator;
let url: string;
let token: string;

beforeEach(async () => {
  now = Date.parse('2026-11-24T10:30:00Z');
  simulator = new WecomSimulator({
    corpId: 'ww1',
    secret: 'secret-of-nobody',
    token: 'sesame',
    encodingAesKey: 'jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C',
    openKfIds: [KF],
    pageSize: 2,
    now: () => now,
  });
  url = await simulator.start();
  await signIn();
});
afterEach(() => simulator.stop());

/** A token is good for two hours. */
async function signIn(): Promise<void> {
  const given = await fetch(`${url}/cgi-bin/gettoken?corpid=ww1&corpsecret=secret-of-nobody`);
  token = ((await given.json()) as { access_token: string }).access_token;
}

async function post(path: string, body: object): Promise<Record<string, unknown>> {
  const response = await fetch(`${url}/cgi-bin/kf/${path}?access_token=${token}`, {
    method: 'POST',
    body: JSON.stringify(body),
  });
  return (await response.json()) as Record<string, unknown>;
}

const send = (change: object = {}) => post('send_msg', { touser: ANN, open_kfid: KF, ...text, ...change });

describe('sync_msg', () => {
  it('gives pages by cursor, and says when there is more', async () => {
    for (let written = 0; written < 3; written++) simulator.write(KF, ANN, text);
    const first = await post('sync_msg', { open_kfid: KF });
    expect(first).toMatchObject({ has_more: 1, next_cursor: 'c2' });
    const second = await post('sync_msg', { open_kfid: KF, cursor: 'c2' });
    expect(second).toMatchObject({ has_more: 0, next_cursor: 'c3', msg_list: [{ origin: 3, ...text }] });
  });

  it('forgets after three days', async () => {
    simulator.write(KF, ANN, text);
    now += 3 * DAY;
    await signIn();
    simulator.happen(KF, { event_type: 'enter_session', external_userid: ANN });
    const { msg_list } = await post('sync_msg', { open_kfid: KF });
    expect(msg_list).toMatchObject([{ origin: 4, event: { event_type: 'enter_session', open_kfid: KF } }]);
  });

  it('without a callback’s token is limited; a made-up one is refused', async () => {
    expect(await post('sync_msg', { open_kfid: KF, token: 'made-up' })).toMatchObject({ errcode: 95007 });
    for (let call = 0; call < 10; call++) await post('sync_msg', { open_kfid: KF });
    expect(await post('sync_msg', { open_kfid: KF })).toMatchObject({ errcode: 45009 });
    now += 60_000;
    expect(await post('sync_msg', { open_kfid: KF })).toMatchObject({ errcode: 0 });
  });
});

describe('send_msg', () => {
  it('takes five messages after one of the customer’s, each id once', async () => {
    expect(await send()).toMatchObject({ errcode: 40096 });
    simulator.write(KF, ANN, text);
    expect(await send({ msgid: 'a' })).toMatchObject({ errcode: 0, msgid: 'a' });
    expect(await send({ msgid: 'a' })).toMatchObject({ errcode: 40058 });
    for (let sent = 1; sent < 5; sent++) expect(await send()).toMatchObject({ errcode: 0 });
    expect(await send()).toMatchObject({ errcode: 95001 });
  });

  it('is closed after 48 hours, and while a colleague has the session', async () => {
    simulator.write(KF, ANN, text);
    simulator.setState(KF, ANN, 3, 'mei');
    expect(await send()).toMatchObject({ errcode: 95018 });
    simulator.setState(KF, ANN, 1);
    now += 2 * DAY;
    await signIn();
    expect(await send()).toMatchObject({ errcode: 95002 });
  });
});
