import type { ChannelInbox, ChannelPorts, ChannelRequest, PollItem } from '@tributary/channel-sdk';
import { comparableEvents } from '@tributary/channel-sdk/testing';
import { describe, expect, it } from '@jest/globals';
import { connectCaller, fetchCalls, fetchRecording, parseRecord } from './calls-api.js';

const ACCOUNT = 'AC0123456789abcdef0123456789abcdef';
const CALL = 'CA00112233445566778899aabbccddeeff';
const RECORDING = 'RE99887766554433221100ffeeddccbbaa';
const NOW = Date.parse('2026-11-24T10:00:00Z');
const inbox: ChannelInbox = {
  ...{ id: 'i', name: 'n' },
  settings: { accountSid: ACCOUNT, authToken: 'secret', sender: '+14155550100' },
};
const signal = new AbortController().signal;

type Answers = Readonly<Record<string, object | number>>;

/** An API that has these answers by the end of the path; a number is a status without a body. */
function anApi(answers: Answers) {
  const asked: ChannelRequest[] = [];
  const ports: ChannelPorts = {
    http: {
      request: async (request) => {
        asked.push(request);
        const path = new URL(request.url).pathname.replace(`/2010-04-01/Accounts/${ACCOUNT}`, '');
        const answer = answers[path] ?? 404;
        const body = new TextEncoder().encode(typeof answer === 'number' ? '' : JSON.stringify(answer));
        return { status: typeof answer === 'number' ? answer : 200, headers: {}, body };
      },
    },
    tokens: { get: async (_name, obtain) => (await obtain()).value },
    hookUrl: 'https://desk.example.org/hooks/i',
    now: () => new Date(NOW),
  };
  return { asked, ports };
}

const aRecord = (change: object = {}) => ({
  ...{ sid: CALL, direction: 'inbound', from: '+14155550123', to: '+14155550100', status: 'completed' },
  ...{ start_time: 'Tue, 24 Nov 2026 09:50:00 +0000', duration: '61' },
  ...change,
});
const aRecording = (change: object = {}) => {
  return { sid: RECORDING, status: 'completed', source: 'RecordVerb', duration: '23', ...change };
};

async function lookedUp(answers: Answers, cursor: string | null) {
  const { asked, ports } = anApi(answers);
  const windows = [];
  for await (const window of fetchCalls(inbox, cursor, ports, signal)) windows.push(window);
  return { asked, windows };
}

const itemOf = (call: object, recordings: readonly object[]): PollItem => {
  return { id: CALL, raw: new TextEncoder().encode(JSON.stringify({ call, recordings })) };
};
const kindsOf = async (call: object, recordings: readonly object[] = []) =>
  (await parseRecord(itemOf(call, recordings), inbox)).map((event) => [event.kind, event.providerEventId]);

describe('the account’s own record of calls', () => {
  it('is begun where the inbox began: what was before is not ours', async () => {
    const { asked, windows } = await lookedUp({}, null);
    expect([asked, windows]).toEqual([[], [{ items: [], cursor: '2026-11-24T09:58:00.000Z' }]]);
  });

  it('gives the calls to the number since the cursor with their recordings', async () => {
    const { asked, windows } = await lookedUp(
      {
        '/Calls.json': { calls: [aRecord()], next_page_uri: null },
        [`/Calls/${CALL}/Recordings.json`]: { recordings: [aRecording()] },
      },
      '2026-11-24T09:40:00.000Z',
    );
    const query = new URL(asked[0]!.url).searchParams;
    expect([query.get('To'), query.get('StartTime>')]).toEqual(['+14155550100', '2026-11-24T09:40:00Z']);
    expect(windows).toMatchObject([{ items: [{ id: CALL }], cursor: '2026-11-24T09:58:00.000Z' }]);
  });

  it.each([
    ['a call that goes on', aRecord({ status: 'in-progress' }), aRecording()],
    ['a recording that is not ready', aRecord(), aRecording({ status: 'processing' })],
  ])('keeps the cursor before %s', async (_, call, recording) => {
    const { windows } = await lookedUp(
      { '/Calls.json': { calls: [call] }, [`/Calls/${CALL}/Recordings.json`]: { recordings: [recording] } },
      '2026-11-24T09:40:00.000Z',
    );
    expect(windows).toMatchObject([{ cursor: '2026-11-24T09:50:00.000Z' }]);
  });

  it('fails as a whole when one part of it cannot be had', async () => {
    const answers = { '/Calls.json': { calls: [aRecord()] }, [`/Calls/${CALL}/Recordings.json`]: 500 };
    await expect(lookedUp(answers, '2026-11-24T09:40:00.000Z')).rejects.toMatchObject({
      code: 'unavailable',
    });
  });

  it('says of a call what its requests say, under the same ids', async () => {
    expect(await kindsOf(aRecord(), [aRecording()])).toEqual([
      ['message', CALL],
      ['activity', `${CALL}:call.began`],
      ['message', RECORDING],
      ['activity', `${CALL}:call.ended`],
    ]);
  });

  it('says of a call that goes on only that it began, and of one of ours nothing', async () => {
    expect(await kindsOf(aRecord({ status: 'in-progress' }))).toEqual([['activity', `${CALL}:call.began`]]);
    expect(await kindsOf(aRecord({ direction: 'outbound-api' }))).toEqual([['ignored', `${CALL}:OUTBOUND`]]);
  });

  it('takes a call that nobody heard of for a missed one', async () => {
    const [message] = await parseRecord(itemOf(aRecord(), []), inbox);
    expect(comparableEvents([message!])).toMatchObject([
      { subject: 'Missed call', fields: { type: 'task' } },
    ]);
  });
});

describe('a caller who is connected', () => {
  const connection = { callId: CALL, phone: '+14155550199', agentName: 'Ada <L>' };
  const [call, list] = [`/Calls/${CALL}.json`, '/Calls.json'];
  const waiting = { [call]: aRecord({ status: 'in-progress' }), [list]: { calls: [] } };

  it('hears the agent’s phone ring, and what comes of it comes back to us', async () => {
    const { asked, ports } = anApi(waiting);
    await connectCaller(connection, inbox, ports, signal);
    const document = new URLSearchParams(String(asked.at(-1)!.body)).get('Twiml')!;
    expect(document).toMatch(/<Dial action="https:\/\/desk\.example\.org\/hooks\/i\/dialed\?/);
    expect(document).toMatch(
      /<Number statusCallback="[^"]*\/leg\?[^"]*a=Ada[^"]*"[^>]*>\+14155550199<\/Number>/,
    );
    expect(document).not.toContain('record=');
  });

  it('is recorded only where the definition says so', async () => {
    const { asked, ports } = anApi(waiting);
    const definition = JSON.stringify({ greeting: { en: 'Hi' }, dial: { record: true } });
    const recorded = { ...inbox, settings: { ...inbox.settings, definition } };
    await connectCaller(connection, recorded, ports, signal);
    expect(new URLSearchParams(String(asked.at(-1)!.body)).get('Twiml')).toContain(
      'record="record-from-answer-dual"',
    );
  });

  it('is left alone when they hung up', async () => {
    const { asked, ports } = anApi({ [call]: aRecord() });
    await expect(connectCaller(connection, inbox, ports, signal)).rejects.toMatchObject({
      code: 'window_closed',
    });
    expect(asked).toHaveLength(1);
  });

  it.each(['ringing', 'in-progress'])('stays with an agent whose phone is %s already', async (status) => {
    const { asked, ports } = anApi({ ...waiting, [list]: { calls: [{ status }] } });
    await connectCaller(connection, inbox, ports, signal);
    expect(asked.map(({ method }) => method)).toEqual(['GET', 'GET']);
  });

  it('is connected anew after an agent who did not pick up', async () => {
    const { asked, ports } = anApi({ ...waiting, [list]: { calls: [{ status: 'no-answer' }] } });
    await connectCaller(connection, inbox, ports, signal);
    expect(asked.at(-1)?.method).toBe('POST');
  });

  it.each(['+1', 'sip:ada@example.org', ''])(
    'is never connected with "%s", which is no number',
    async (phone) => {
      const { asked, ports } = anApi(waiting);
      await expect(connectCaller({ ...connection, phone }, inbox, ports, signal)).rejects.toMatchObject({
        code: 'rejected_permanently',
      });
      expect(asked).toEqual([]);
    },
  );
});

describe('a recording', () => {
  const media = (id: string) => ({
    id,
    name: 'a.mp3',
    contentType: 'audio/mpeg',
    disposition: 'attachment' as const,
  });
  const url = `https://api.twilio.com/2010-04-01/Accounts/${ACCOUNT}/Recordings/${RECORDING}.mp3`;

  it('that is told of before it can be had is asked for again', async () => {
    const { ports } = anApi({});
    await expect(fetchRecording(media(url), inbox, ports, signal)).rejects.toMatchObject({
      code: 'unavailable',
    });
  });

  it.each([
    url.replace(ACCOUNT, `AC${'f'.repeat(32)}`),
    url.replace('https', 'http'),
    'http://127.0.0.1/a.mp3',
  ])('is never looked for at %s, so that no credentials go there', async (id) => {
    const { asked, ports } = anApi({});
    await expect(fetchRecording(media(id), inbox, ports, signal)).rejects.toMatchObject({
      code: 'rejected_permanently',
    });
    expect(asked).toEqual([]);
  });
});
