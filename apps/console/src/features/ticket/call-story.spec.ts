import { describe, expect, it } from '@jest/globals';
import { translatorOf } from '../../testing/translator.js';
import { callStory, transcriptOf } from './call-story.js';

const en = translatorOf('en');
const zh = translatorOf('zh-CN');
const at = (second: number) => new Date(Date.UTC(2026, 10, 24, 10, 0, second)).toISOString();
const act = (activity: string, second: number, fields: Record<string, string> = {}) => {
  return { activity, fields, at: at(second) };
};
const talked = [
  act('call.began', 0, { to: '+14155550100' }),
  act('call.chose', 8, { label: 'a repair' }),
  act('call.queued', 8),
  act('call.connected', 48, { agent: 'Lin' }),
  act('call.connected', 148, { agent: 'Lin', seconds: '100' }),
  act('call.ended', 149, { seconds: '149', status: 'completed' }),
];
const textsOf = (activities: Parameters<typeof callStory>[0], t = en) =>
  callStory(activities, t).map(({ text }) => text);

describe('a call', () => {
  const story = [
    'Called +14155550100',
    'Chose “a repair”',
    'Waited 40 s',
    'Talked with Lin for 1 min',
    'The call ended after 2 min',
  ];

  it('is told in the order in which it went', () => {
    expect(textsOf(talked)).toEqual(story);
    expect(textsOf(talked, zh)[3]).toBe('与 Lin 通话 1分钟');
  });

  it('is the same story in whatever order its reports came, and however often', () => {
    expect(textsOf([...talked].reverse())).toEqual(story);
    expect(textsOf([...talked, ...talked])).toEqual(story);
  });

  it('that nobody took says how long the caller waited', () => {
    const activities = [act('call.queued', 0), act('call.abandoned', 95, { seconds: '95', type: 'task' })];
    expect(textsOf(activities)).toEqual(['Put into the queue', 'Hung up after waiting 1 min']);
  });

  it('says who did not pick up, whose phone never rang, and what it does not know by its name', () => {
    const unanswered = (agent: string, status: string) => act('call.unanswered', 0, { agent, status });
    const activities = [
      unanswered('Lin', 'busy'),
      unanswered('Bo', 'bad_credentials'),
      act('call.hummed', 1),
    ];
    expect(textsOf(activities)).toEqual([
      'Lin did not pick up',
      'The phone of Bo could not be rung',
      'call.hummed',
    ]);
  });

  it('keeps what was understood of a recording apart from what happened', () => {
    const activities = [act('call.transcribed', 0, { text: 'Call me' })];
    expect([textsOf(activities), transcriptOf(activities), transcriptOf([])]).toEqual([
      [],
      'Call me',
      undefined,
    ]);
  });
});
