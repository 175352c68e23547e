import { describe, expect, it } from '@jest/globals';
import { nextSlaInstant, openSlaClock } from './sla-clock.js';
import { applySlaEvent, type SlaEvent } from './sla-event.js';
import {
  aTarget,
  at,
  created,
  lookUp,
  minutes,
  passes,
  play,
  resolution,
  retargeted,
  says,
  turns,
} from './testing/play.js';

describe('A deadline', () => {
  it('is kept by stopping at its very instant', () => {
    const { clock, told } = resolution(created('10:00'), turns('solved', '11:00'));
    expect(clock.breachedAt).toBeNull();
    expect(told).toEqual(['met']);
  });

  it('is missed by stopping a millisecond later', () => {
    const { clock, told } = resolution(created('10:00'), turns('solved', '11:00:00.001'));
    expect(clock).toMatchObject({
      breachedAt: at('11:00:00.001'),
      breachCause: 'time',
      stoppedAt: at('11:00:00.001'),
    });
    expect(told).toEqual(['breached']);
  });

  it('on closing time is the closing instant, and stopping before the next opening is late', () => {
    const office = aTarget({ calendarId: 'office' });
    const closing = play('resolution', office, created('17:00'));
    expect(closing.clock.dueAt).toBe(at('18:00'));
    expect(play('resolution', office, created('17:00'), turns('solved', '1 08:00')).told).toEqual([
      'breached',
    ]);
  });

  it('counts from the next opening for a ticket that is created outside hours', () => {
    const { clock } = play('resolution', aTarget({ calendarId: 'office' }), created('20:00'));
    expect(clock.dueAt).toBe(at('1 10:00'));
  });

  it('does not exist when the calendar never opens, which is told and not hidden behind a date', () => {
    const { clock, told } = play('resolution', aTarget({ calendarId: 'never' }), created('10:00'));
    expect(clock).toMatchObject({ phase: 'running', dueAt: null, warnAt: null });
    expect(nextSlaInstant(clock)).toBeNull();
    expect(told).toEqual(['unreachable']);
  });

  it('is at the instant the clock goes on, when all was used up before it rested', () => {
    const { clock } = resolution(created('10:00'), turns('pending', '11:00'), turns('open', '13:00'));
    expect(clock).toMatchObject({ dueAt: at('13:00'), breachedAt: null });
    expect(nextSlaInstant(clock)).toBe(at('13:00') + 1);
  });

  it('is not moved to the next opening, when all was used up and the clock goes on outside hours', () => {
    const used = [created('17:00'), turns('pending', '18:00'), turns('open', '20:00')];
    const { clock } = play('resolution', aTarget({ calendarId: 'office' }), ...used);
    expect(clock.dueAt).toBe(at('20:00'));
  });
});

describe('Warning and breach', () => {
  it('come at their instants, which the timer is set to one after the other', () => {
    const fresh = resolution(created('10:00'));
    expect(nextSlaInstant(fresh.clock)).toBe(at('10:45'));
    const warned = resolution(created('10:00'), passes('10:45'));
    expect(warned.told).toEqual(['warned']);
    expect(nextSlaInstant(warned.clock)).toBe(at('11:00') + 1);
    const breached = resolution(created('10:00'), passes('10:45'), passes('11:00:00.001'));
    expect(breached.told).toEqual(['warned', 'breached']);
    expect(nextSlaInstant(breached.clock)).toBeNull();
  });

  it('do not come twice when the timer fires twice', () => {
    const fired = [passes('10:45'), passes('10:45'), passes('11:00:00.001'), passes('12:00')];
    expect(resolution(created('10:00'), ...fired).told).toEqual(['warned', 'breached']);
  });

  it('do not come from a timer that fires too early', () => {
    expect(resolution(created('10:00'), passes('10:44:59.999')).told).toEqual([]);
    expect(resolution(created('10:00'), passes('10:45'), passes('11:00')).told).toEqual(['warned']);
  });

  it('are told as of their own instant by a timer that fires late', () => {
    expect(resolution(created('10:00'), passes('10:50')).notices).toMatchObject([
      { kind: 'warned', at: at('10:45') },
    ]);
  });

  it('are the breach alone when a timer fires after both', () => {
    const { clock, notices } = resolution(created('10:00'), passes('13:00'));
    expect(notices).toMatchObject([{ kind: 'breached', at: at('11:00') + 1 }]);
    expect(clock.warning).toBe('skipped');
  });

  it('warn nobody when the clock has stopped before the timer fires', () => {
    expect(resolution(created('10:00'), turns('solved', '10:50'), passes('10:51')).told).toEqual(['met']);
  });

  it('warn once though the clock rests and goes on', () => {
    const { told } = resolution(
      created('10:00'),
      passes('10:45'),
      turns('pending', '10:50'),
      turns('open', '12:00'),
      passes('12:01'),
    );
    expect(told).toEqual(['warned']);
  });

  it('warn when the clock goes on, if it rested before the timer could fire', () => {
    const { told } = resolution(created('10:00'), turns('pending', '10:50'), turns('open', '12:00'));
    expect(told).toEqual(['warned']);
  });

  it('of a clock that is late stay through pause, stop and reopening, while the account goes on', () => {
    const { clock, told } = resolution(
      created('10:00'),
      passes('11:00:00.001'),
      turns('pending', '11:30'),
      turns('open', '12:00'),
      turns('solved', '12:10'),
      turns('open', '13:00'),
      turns('solved', '13:05'),
    );
    expect(clock).toMatchObject({ breachedAt: at('11:00') + 1, dueAt: at('11:00') });
    expect(minutes(clock)).toBe(105);
    expect(told).toEqual(['breached']);
  });
});

describe('A clock that is cancelled', () => {
  const cancelled: SlaEvent = { type: 'cancelled', at: at('10:20'), cause: 'merged' };

  it('never goes on', () => {
    const { clock, told } = resolution(
      created('10:00'),
      cancelled,
      turns('open', '10:30'),
      retargeted('10:40', {}),
      says('inbound', '10:50'),
      passes('13:00'),
    );
    expect(clock).toMatchObject({ phase: 'cancelled', stoppedAt: at('10:20'), breachedAt: null });
    expect(told).toEqual([]);
  });

  it('was not, when it had stopped before', () => {
    expect(resolution(created('10:00'), turns('solved', '10:10'), cancelled).clock.phase).toBe('stopped');
  });
});

describe('What no clock can do', () => {
  it.each([
    { targetSeconds: 0 },
    { targetSeconds: 1.5 },
    { targetSeconds: NaN },
    { warnFraction: 0 },
    { warnFraction: 1 },
  ])('keep the target %j', (target) => {
    const error = expect.objectContaining({ code: 'SLA_TARGET_INVALID' }) as unknown as Error;
    expect(() => openSlaClock('resolution', aTarget(target))).toThrow(error);
    expect(() => resolution(created('10:00'), retargeted('10:10', target))).toThrow(error);
  });

  it.each([NaN, 1.5, Infinity])('read the instant %d', (instant) => {
    const clock = openSlaClock('resolution', aTarget());
    expect(() => applySlaEvent(clock, { type: 'time', at: instant }, lookUp)).toThrow(
      expect.objectContaining({ code: 'SLA_INSTANT_INVALID' }) as unknown as Error,
    );
  });

  it('go back: an event that comes late counts as of the one before it', () => {
    const { clock } = resolution(created('10:00'), turns('pending', '10:30'), turns('open', '10:20'));
    expect(clock).toMatchObject({ phase: 'running', runningSince: at('10:30'), dueAt: at('11:00') });
  });
});
