import { describe, expect, it } from '@jest/globals';
import type { SlaClock } from './sla-clock.js';
import { toClockView, toExplanationView } from './sla-clock-view.js';
import {
  aTarget,
  at,
  created,
  firstReply,
  lookUp,
  passes,
  play,
  resolution,
  retargeted,
  says,
  turns,
} from './testing/play.js';

const viewOf = (clock: SlaClock, now: string): ReturnType<typeof toClockView> =>
  toClockView(clock, at(now), lookUp);
const explained = (clock: SlaClock, now: string): string[] =>
  toExplanationView([clock], at(now), lookUp).clocks[0]?.intervals.map(
    ({ from, to, kind, cause, seconds }) =>
      `${from.slice(8, 16)} ${to?.slice(8, 16) ?? '...'} ${kind} ${cause ?? '-'} ${seconds / 60}`,
  ) ?? [];
const office = aTarget({ calendarId: 'office', calendarName: 'Office hours', targetSeconds: 4 * 3600 });

describe('The view of a clock', () => {
  it('is none before the clock has begun', () => {
    expect(viewOf(firstReply(created('10:00')).clock, '10:30')).toBeNull();
  });

  it('says what was used up by now, and when it is due', () => {
    expect(viewOf(resolution(created('10:00')).clock, '10:20:30.999')).toEqual({
      metric: 'resolution',
      state: 'running',
      dueAt: '2026-06-01T11:00:00.000Z',
      warnAt: '2026-06-01T10:45:00.000Z',
      targetSeconds: 3600,
      consumedSeconds: 1230,
      asOf: '2026-06-01T10:20:30.999Z',
      startedAt: '2026-06-01T10:00:00.000Z',
      stoppedAt: null,
      breachedAt: null,
      policyName: 'Standard',
      calendarName: '24×7',
    });
  });

  it.each([
    ['running', firstReply(says('inbound', '10:00'))],
    ['paused', resolution(created('10:00'), turns('pending', '10:10'))],
    ['met', resolution(created('10:00'), turns('solved', '10:10'))],
    ['breached', resolution(created('10:00'), passes('11:01'))],
    ['breached', resolution(created('10:00'), turns('solved', '11:01'))],
    ['breached', resolution(created('10:00'), passes('11:01'), turns('pending', '11:10'))],
    ['cancelled', resolution(created('10:00'), { type: 'cancelled', at: at('10:10'), cause: 'merged' })],
    ['cancelled', firstReply(says('inbound', '10:00'), turns('solved', '10:10'))],
  ])('is %s', (state, { clock }) => {
    expect(viewOf(clock, '10:30')?.state).toBe(state);
  });

  it('is breached from the first instant after the deadline, whether or not the timer has fired', () => {
    const { clock } = resolution(created('10:00'));
    expect(viewOf(clock, '11:00')?.state).toBe('running');
    expect(viewOf(clock, '11:00:00.001')).toMatchObject({
      state: 'breached',
      breachedAt: '2026-06-01T11:00:00.001Z',
    });
  });

  it('has no deadline while the clock rests, and no more used up', () => {
    const { clock } = resolution(created('10:00'), turns('pending', '10:10'));
    expect(viewOf(clock, '15:00')).toMatchObject({ dueAt: null, warnAt: null, consumedSeconds: 600 });
  });

  it('shows nothing used up by a `now` before the last event', () => {
    expect(viewOf(resolution(created('10:00')).clock, '09:00')?.consumedSeconds).toBe(0);
  });
});

describe('The explanation of a clock', () => {
  it('tells a clock that runs up to its deadline, over nights and holidays, split at now', () => {
    const { clock } = play('resolution', office, created('1 16:00'));
    expect(explained(clock, '1 17:00')).toEqual([
      '02T16:00 02T17:00 counted - 60',
      '02T17:00 02T18:00 counted - 60',
      '02T18:00 03T00:00 closed outside hours 360',
      '03T00:00 04T00:00 closed Founders Day 1440',
      '04T00:00 04T09:00 closed outside hours 540',
      '04T09:00 04T11:00 counted - 120',
    ]);
  });

  it('tells who paused it, and leaves a pause that goes on open', () => {
    const events = [
      created('10:00'),
      turns('pending', '10:10'),
      turns('open', '10:30'),
      turns('on_hold', '10:40'),
    ];
    expect(explained(resolution(...events).clock, '11:00')).toEqual([
      '01T10:00 01T10:10 counted - 10',
      '01T10:10 01T10:30 paused pending by Li 20',
      '01T10:30 01T10:40 counted - 10',
      '01T10:40 ... paused on_hold by Li 20',
    ]);
  });

  it('tells a clock that is late up to now', () => {
    expect(explained(resolution(created('10:00')).clock, '11:30')).toEqual([
      '01T10:00 01T11:30 counted - 90',
    ]);
  });

  it('tells a clock without a deadline up to now', () => {
    const { clock } = play('resolution', aTarget({ calendarId: 'never' }), created('10:00'));
    expect(explained(clock, '11:00')).toEqual(['01T10:00 01T11:00 closed outside hours 60']);
  });

  it('tells the past by the calendar of the past', () => {
    const { clock } = play(
      'resolution',
      aTarget({ targetSeconds: 4 * 3600 }),
      created('07:00'),
      retargeted('08:00', { ...office }),
      turns('solved', '10:00'),
    );
    expect(explained(clock, '12:00')).toEqual([
      '01T07:00 01T08:00 counted - 60',
      '01T08:00 01T09:00 closed outside hours 60',
      '01T09:00 01T10:00 counted - 60',
    ]);
  });

  it('leaves out clocks that have not begun', () => {
    const clocks = [firstReply(created('10:00')).clock, resolution(created('10:00')).clock];
    expect(toExplanationView(clocks, at('10:30'), lookUp).clocks.map((clock) => clock.metric)).toEqual([
      'resolution',
    ]);
  });
});
