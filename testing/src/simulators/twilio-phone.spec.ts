import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type HookStand, hookStand } from './hook-stand.js';
import { TwilioSimulator } from './twilio.js';
import { readTwiml } from './twiml-document.js';

const OURS = '+14155550100';
const THEIRS = '+14155550123';

describe('a call at the simulator', () => {
  let twilio: TwilioSimulator;
  let stand: HookStand;

  beforeEach(async () => {
    [twilio, stand] = [await TwilioSimulator.start(), await hookStand()];
    const fallback = '<Response><Say>Nobody is here.</Say></Response>';
    twilio.phone.setUp(OURS, { voiceUrl: stand.url, statusUrl: `${stand.url}/status`, fallback });
  });
  afterEach(async () => {
    await twilio.stop();
    await stand.close();
  });

  const answering = (...documents: readonly string[]) => {
    for (const verbs of documents) stand.answers.push({ status: 200, body: `<Response>${verbs}</Response>` });
  };
  const parametersOf = (number: number) => new URLSearchParams(stand.calls.at(number)!.body.toString());
  const api = (path: string, init: RequestInit = {}, authToken = twilio.account.authToken) => {
    const authorization = `Basic ${Buffer.from(`${twilio.account.sid}:${authToken}`).toString('base64')}`;
    return fetch(`${twilio.origin}/2010-04-01/Accounts/${twilio.account.sid}${path}`, {
      ...init,
      headers: { authorization },
    });
  };

  it('says and plays what stands in the document, and ends where it ends', async () => {
    answering('<Say>Hello &amp; welcome</Say><Play>https://x/a.mp3</Play><Pause length="1"/>');
    const call = await twilio.phone.call(THEIRS, OURS);
    expect([call.heard, call.status]).toEqual([['Hello & welcome', 'https://x/a.mp3'], 'completed']);
    expect(parametersOf(-1).get('CallStatus')).toBe('completed');
  });

  it('takes keys to the address of the menu, and falls through without', async () => {
    const menu = `<Gather action="${stand.url}/m"><Say>Press</Say></Gather><Say>Nothing came</Say>`;
    answering(menu, '<Hangup/>');
    await (await twilio.phone.call(THEIRS, OURS)).press('4');
    expect(stand.calls[1]!.path).toBe('/hooks/x/m');
    expect(parametersOf(1).get('Digits')).toBe('4');
    answering(menu);
    const silent = await twilio.phone.call(THEIRS, OURS);
    await silent.pressNothing();
    expect(silent.heard).toEqual(['Press', 'Nothing came']);
  });

  it.each([
    ['an answer that is none', { status: 503, body: '' }],
    ['a document that is none', { status: 200, body: '<Response>' }],
  ])('hears the line’s fallback after %s', async (_, answer) => {
    stand.answers.push(answer);
    const call = await twilio.phone.call(THEIRS, OURS);
    expect([call.fellBack, call.heard]).toEqual([true, ['Nobody is here.']]);
  });

  it('has a recording that opens with the account’s credentials alone', async () => {
    answering(`<Record action="${stand.url}/r" recordingStatusCallback="${stand.url}/s"/>`, '<Hangup/>');
    const call = await twilio.phone.call(THEIRS, OURS);
    await call.speak('Hello');
    const path = `/Recordings/${call.recordings[0]!.sid}.mp3`;
    expect((await api(path, {}, 'wrong')).status).toBe(401);
    expect(
      Buffer.from(await (await api(path)).arrayBuffer())
        .subarray(4)
        .toString(),
    ).toBe('Hello');
  });

  it('leaves the queue for what the API puts in its place, while it goes on and not afterwards', async () => {
    answering(`<Enqueue action="${stand.url}/q" waitUrl="${stand.url}/w">a</Enqueue>`, '<Say>Wait</Say>', '');
    const call = await twilio.phone.call(THEIRS, OURS);
    expect(call.place).toBe('queue');
    const Twiml = `<Response><Dial action="${stand.url}/d"><Number>+14155550199</Number></Dial></Response>`;
    const redirect = { method: 'POST', body: new URLSearchParams({ Twiml }) };
    expect((await api(`/Calls/${call.sid}.json`, redirect)).status).toBe(200);
    expect([call.dialled, parametersOf(2).get('QueueResult')]).toEqual(['+14155550199', 'redirected']);
    await call.hangUp();
    expect((await api(`/Calls/${call.sid}.json`, redirect)).status).toBe(400);
  });

  it.each(['', '<Response>', '<Response><Sing/></Response>', '<Say/>', '<Response></Say></Response>'])(
    'takes no document such as "%s"',
    (document) => {
      expect(() => readTwiml(document)).toThrow(/^12[12]00/);
    },
  );
});
