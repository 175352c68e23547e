import type { WebhookRequest } from '@tributary/channel-sdk';
import { describe, expect, it } from '@jest/globals';
import { answerTurn } from './answer.js';

const HOOK = 'https://desk.example.org/hooks/i';
const definition = {
  greeting: { en: 'Welcome & hello.', zh: '欢迎。' },
  menu: [
    { key: '1', say: { en: 'a question', zh: '咨询' }, then: 'voicemail' },
    { key: '2', say: { en: 'a repair', zh: '维修' } },
    { key: '9', say: { en: 'a callback', zh: '回电' }, then: 'callback' },
  ],
  hours: { timeZone: 'UTC', open: { tue: ['09:00-18:00'] } },
  queue: { patienceSeconds: 60, music: 'https://sound.example.org/a.mp3?x=1&y=2' },
};

interface Turn {
  readonly query?: Readonly<Record<string, string>>;
  readonly given?: Readonly<Record<string, string>>;
  readonly now?: string;
  readonly isKept?: boolean;
  readonly change?: Partial<Record<keyof typeof definition, unknown>>;
}

/** What is heard at a step, with the addresses written short. */
function heardAt(
  path: string,
  { query = {}, given = {}, now, isKept = true, change = {} }: Turn = {},
): string {
  const url = new URL(`${HOOK}${path}`);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  const parameters = { CallSid: 'CA1', From: '+14155550123', To: '+14155550100', ...given };
  const request: WebhookRequest = {
    ...{ method: 'POST', path, query, headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    ...{ body: new TextEncoder().encode(new URLSearchParams(parameters).toString()), url: url.href },
  };
  const settings = { definition: JSON.stringify({ ...definition, ...change }) };
  const { body } = answerTurn({
    ...{ request, inbox: { id: 'i', name: 'n', settings }, isKept },
    now: new Date(now ?? '2026-11-24T10:00:00Z'),
  });
  return body.replaceAll(HOOK, '').replaceAll('#rc=3&amp;rp=all', '');
}

describe('a caller', () => {
  it('is greeted in every language and asked for theirs', () => {
    const heard = heardAt('');
    expect(heard).toContain('Welcome &amp; hello.');
    expect(heard).toContain('中文服务请按2。');
    expect(heard).toMatch(/<Gather [^>]*action="\/language\?l=en&amp;f=%2B14155550123"/);
  });

  it('hears the menu at once where one language is spoken', () => {
    expect(heardAt('', { change: { greeting: { en: 'Hi' } } })).toContain('For a repair, press 2.');
  });

  it('waits for an agent at once where there is nothing to choose', () => {
    const heard = heardAt('', { change: { greeting: { en: 'Hi' }, menu: [] } });
    expect(heard).toContain('<Redirect>/language?');
    expect(heardAt('/language', { change: { greeting: { en: 'Hi' }, menu: [] } })).toContain('<Enqueue ');
  });

  it('hears the menu in the language that they chose, or in the first when they chose none', () => {
    expect(heardAt('/language', { given: { Digits: '2' } })).toContain('维修请按2。');
    expect(heardAt('/language')).toContain('For a repair, press 2.');
  });

  it('is put into the queue of the inbox, with the choice in the addresses that follow', () => {
    const heard = heardAt('/menu', { query: { l: 'zh' }, given: { Digits: '2' } });
    expect(heard).toMatch(/<Enqueue action="\/queued\?l=zh&amp;o=2&amp;f=[^"]*"[^>]*>desk-i<\/Enqueue>/);
  });

  it('hears the menu again after a key that is no option, and waits for an agent after the third', () => {
    expect(heardAt('/menu', { given: { Digits: '7' } })).toContain('not one of the choices');
    expect(heardAt('/menu', { given: { Digits: '7' }, query: { t: '1' } })).toContain('<Gather ');
    expect(heardAt('/menu', { given: { Digits: '7' }, query: { t: '2' } })).toContain('<Enqueue ');
  });

  it('is promised a callback, or leaves a message, where the option says so', () => {
    expect(heardAt('/menu', { given: { Digits: '9' } })).toContain(
      'We will call you back. Goodbye.</Say><Hangup/>',
    );
    expect(heardAt('/menu', { given: { Digits: '1' } })).toContain('<Record action="/recorded?');
  });

  it('hears their place in line and the music while they wait', () => {
    const heard = heardAt('/wait', { given: { QueuePosition: '3', QueueTime: '20' } });
    expect(heard).toContain('You are number 3 in line.');
    expect(heard).toContain('<Play>https://sound.example.org/a.mp3?x=1&amp;y=2</Play>');
  });

  it('leaves the queue by a key, or when their patience is over, and is offered a callback or a recording', () => {
    expect(heardAt('/leave', { given: { Digits: '1' } })).toContain('<Leave/>');
    expect(heardAt('/wait', { given: { QueueTime: '60' } })).toContain('<Leave/>');
    const heard = heardAt('/queued', { given: { QueueResult: 'leave' } });
    expect(heard).toMatch(/<Gather [^>]*action="\/offer.*<Record /);
    expect(heardAt('/offer', { given: { Digits: '1' } })).toContain('We will call you back.');
  });

  it.each(['hangup', 'redirected', 'bridged'])('hears nothing from the queue they left as %s', (result) => {
    expect(heardAt('/queued', { given: { QueueResult: result } })).toMatch(/<Response><\/Response>$/);
  });

  it('may leave a message when the agent does not pick up, and is let go when they talked', () => {
    expect(heardAt('/dialed', { given: { DialCallStatus: 'no-answer' } })).toContain('<Record ');
    expect(heardAt('/dialed', { given: { DialCallStatus: 'completed' } })).toContain('<Response><Hangup/>');
  });

  it('leaves a message outside business hours', () => {
    const heard = heardAt('', { now: '2026-11-24T18:00:00Z' });
    expect(heard).toContain('We are closed at the moment.');
    expect(heard).toContain('<Record ');
  });

  it.each(['', '/language', '/menu', '/offer', '/queued', '/dialed'])(
    'leaves a message when the turn at "%s" reaches nobody',
    (path) => {
      const heard = heardAt(path, { isKept: false, given: { Digits: '2' } });
      expect(heard).toContain('your message will reach us');
      expect(heard).toContain('<Record ');
    },
  );

  it('keeps what they chose in the recording’s addresses when the choice reached nobody', () => {
    expect(heardAt('/menu', { isKept: false, given: { Digits: '2' } })).toContain(
      'recordingStatusCallback="/recording?l=en&amp;o=2',
    );
  });

  it('is spoken to by a voice of their language, and only English is written down', () => {
    const chinese = heardAt('/menu', { query: { l: 'zh' }, given: { Digits: '1' } });
    expect(chinese).toContain('<Say language="cmn-CN"');
    expect(chinese).not.toContain('transcribe');
    expect(heardAt('/menu', { given: { Digits: '1' } })).toContain('transcribeCallback="/transcription?');
  });
});
