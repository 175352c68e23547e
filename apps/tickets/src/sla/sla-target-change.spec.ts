import { describe, expect, it } from '@jest/globals';
import { alignSlaClock } from './sla-event.js';
import {
  aTarget,
  at,
  created,
  firstReply,
  lookUp,
  minutes,
  passes,
  resolution,
  retargeted,
  says,
  turns,
} from './testing/play.js';

describe('A change of target', () => {
  it('keeps the time that was used up', () => {
    const { clock } = resolution(created('10:00'), retargeted('10:20', { targetSeconds: 1800 }));
    expect(clock).toMatchObject({ dueAt: at('10:30'), targetVersion: 2, breachedAt: null });
  });

  it('breaches at once, by the change, when more was used up', () => {
    const { clock, notices } = resolution(created('10:00'), retargeted('10:20', { targetSeconds: 600 }));
    expect(clock).toMatchObject({ dueAt: at('10:20'), breachedAt: at('10:20'), breachCause: 'retarget' });
    expect(notices).toEqual([{ kind: 'breached', metric: 'resolution', at: at('10:20'), targetVersion: 2 }]);
  });

  it('leaves this very instant when exactly as much was used up', () => {
    const used = [created('10:00'), retargeted('10:20', { targetSeconds: 1200 })];
    expect(resolution(...used).clock).toMatchObject({ dueAt: at('10:20'), breachedAt: null });
    expect(resolution(...used, turns('solved', '10:20')).told.at(-1)).toBe('met');
    expect(resolution(...used, passes('10:20:00.001')).clock.breachedAt).toBe(at('10:20:00.001'));
  });

  it('warns at once when the new warning has passed, and again under a new target', () => {
    const { told, notices } = resolution(
      created('10:00'),
      passes('10:45'),
      retargeted('10:50', { targetSeconds: 4000 }),
    );
    expect(told).toEqual(['warned', 'warned']);
    expect(notices.map((notice) => notice.targetVersion)).toEqual([1, 2]);
  });

  it('makes a breach history when the new target is longer', () => {
    const { clock } = resolution(
      created('10:00'),
      passes('11:30'),
      retargeted('11:30', { targetSeconds: 7200 }),
    );
    expect(clock).toMatchObject({ breachedAt: null, dueAt: at('12:00'), warning: 'given' });
    expect(clock.formerTargets).toMatchObject([
      { breachedAt: at('11:00') + 1, until: at('11:30'), cause: 'priority' },
    ]);
  });

  it('leaves a clock that is late as late as it was when the new target is missed too', () => {
    const { clock, told } = resolution(
      created('10:00'),
      passes('10:45'),
      passes('12:00'),
      retargeted('12:00', { targetSeconds: 1800 }),
    );
    expect(clock).toMatchObject({ breachedAt: at('11:00') + 1, dueAt: at('11:00'), breachCause: 'time' });
    expect(told).toEqual(['warned', 'breached']);
  });

  it('tells a breach under the old target that no timer had told', () => {
    const { notices } = resolution(created('10:00'), retargeted('11:30', { targetSeconds: 7200 }));
    expect(notices[0]).toMatchObject({ kind: 'breached', at: at('11:00') + 1, targetVersion: 1 });
  });

  it('counts the past on the old calendar and the rest on the new one', () => {
    const { clock } = resolution(created('17:40'), retargeted('18:00', { calendarId: 'office' }));
    expect(minutes(clock)).toBe(20);
    expect(clock.dueAt).toBe(at('1 09:40'));
    expect(clock.spans.map((span) => span.calendarId)).toEqual(['always', 'office']);
  });

  it('takes effect for a clock that rests when it goes on', () => {
    const resting = [
      created('10:00'),
      turns('pending', '10:20'),
      retargeted('10:30', { targetSeconds: 1800 }),
    ];
    expect(resolution(...resting).clock).toMatchObject({ phase: 'paused', dueAt: null });
    expect(resolution(...resting, turns('open', '12:00')).clock.dueAt).toBe(at('12:10'));
  });

  it('breaches a clock that rests, too', () => {
    const { clock } = resolution(
      created('10:00'),
      turns('pending', '10:20'),
      retargeted('10:30', { targetSeconds: 600 }),
    );
    expect(clock).toMatchObject({ phase: 'paused', breachedAt: at('10:30'), dueAt: at('10:30') });
  });

  it('does not rewrite a clock that has stopped', () => {
    const { clock, told } = resolution(
      created('10:00'),
      turns('solved', '10:20'),
      retargeted('10:30', { targetSeconds: 60 }),
    );
    expect(clock).toMatchObject({ targetVersion: 1, breachedAt: null });
    expect(told).toEqual(['met']);
  });

  it('is taken over by a clock that has not begun', () => {
    const { clock } = firstReply(retargeted('09:00', { targetSeconds: 60 }), says('inbound', '10:00'));
    expect(clock.dueAt).toBe(at('10:01'));
  });
});

describe('Aligning a clock with its policy', () => {
  const { clock } = resolution(created('10:00'));
  const change = { at: at('10:20'), cause: 'policy' };

  it('changes nothing when the target is the same', () => {
    expect(alignSlaClock(clock, aTarget(), change, lookUp)).toEqual({ clock, notices: [] });
  });

  it('retargets when anything of it is different', () => {
    const step = alignSlaClock(clock, aTarget({ calendarId: 'office' }), change, lookUp);
    expect(step.clock).toMatchObject({ targetVersion: 2, target: { calendarId: 'office' } });
  });

  it('cancels when nothing is promised any more', () => {
    const step = alignSlaClock(clock, null, change, lookUp);
    expect(step.clock).toMatchObject({ phase: 'cancelled', stopCause: 'policy', dueAt: null });
  });
});
