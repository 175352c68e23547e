import { describe, expect, it } from '@jest/globals';
import { nextSlaInstant } from './sla-clock.js';
import type { SlaEvent } from './sla-event.js';
import { at, created, firstReply, minutes, resolution, says, turns } from './testing/play.js';

describe('The first reply', () => {
  it('starts with the first message of the customer', () => {
    const { clock } = firstReply(created('10:00'), says('inbound', '10:01'));
    expect(clock).toMatchObject({
      phase: 'running',
      startedAt: at('10:01'),
      dueAt: at('11:01'),
      warnAt: at('10:46'),
    });
  });

  it('waits for the customer when an agent opened the ticket, whose own message stops nothing', () => {
    const opened = firstReply(created('10:00'), says('outbound', '10:00'), says('note', '10:05'));
    expect(opened.clock).toMatchObject({ phase: 'idle', startedAt: null });
    expect(nextSlaInstant(opened.clock)).toBeNull();
  });

  it('is not moved by more messages of the customer', () => {
    const { clock } = firstReply(says('inbound', '10:00'), says('inbound', '10:30', 'second'));
    expect(clock).toMatchObject({ startedAt: at('10:00'), dueAt: at('11:00') });
  });

  it('is met by the first public reply of a person', () => {
    const { clock, told } = firstReply(says('inbound', '10:00'), says('outbound', '10:20', 'reply'));
    expect(clock).toMatchObject({
      phase: 'stopped',
      stoppedBy: 'reply',
      replyId: 'reply',
      stoppedAt: at('10:20'),
    });
    expect(minutes(clock)).toBe(20);
    expect(told).toEqual(['met']);
  });

  it.each([
    ['a note', says('note', '10:20')],
    ['an automatic answer', says('outbound', '10:20', 'auto', true)],
    ['mail that no person wrote', says('inbound', '10:20', 'bounce', true)],
    ['pending', turns('pending', '10:20')],
    ['on hold', turns('on_hold', '10:20')],
  ])('is neither stopped nor paused by %s', (_, event) => {
    const { clock } = firstReply(says('inbound', '10:00'), event);
    expect(clock).toMatchObject({ phase: 'running', dueAt: at('11:00') });
  });

  it('is not started by mail that no person wrote', () => {
    expect(
      firstReply(created('10:00', 'new', true), says('inbound', '10:00', 'bounce', true)).clock.phase,
    ).toBe('idle');
  });

  it('counts a reply that also sets the status as the message first', () => {
    const { clock } = firstReply(
      says('inbound', '10:00'),
      says('outbound', '10:20'),
      turns('solved', '10:20'),
    );
    expect(clock).toMatchObject({ stoppedBy: 'reply', stoppedAt: at('10:20') });
  });

  it('is not met by solving without a reply, and goes on when the ticket is opened again', () => {
    const solved = [says('inbound', '10:00'), turns('solved', '10:20')];
    expect(firstReply(...solved)).toMatchObject({
      told: [],
      clock: { phase: 'stopped', stoppedBy: 'status' },
    });
    expect(firstReply(...solved, turns('open', '15:00')).clock).toMatchObject({
      phase: 'running',
      dueAt: at('15:40'),
    });
  });

  it('is met by a reply after solving without one, as of the solving', () => {
    const { clock, told } = firstReply(
      says('inbound', '10:00'),
      turns('solved', '10:20'),
      says('outbound', '15:00', 'late'),
    );
    expect(clock).toMatchObject({
      stoppedBy: 'reply',
      replyId: 'late',
      stoppedAt: at('10:20'),
      breachedAt: null,
    });
    expect(told).toEqual(['met']);
  });

  it('stays settled when the ticket is opened again after a reply', () => {
    const { clock } = firstReply(
      says('inbound', '10:00'),
      says('outbound', '10:20'),
      turns('solved', '10:30'),
      turns('open', '12:00'),
      says('outbound', '13:00', 'second'),
    );
    expect(clock).toMatchObject({ phase: 'stopped', replyId: 'outbound', stoppedAt: at('10:20') });
  });
});

describe('A reply that did not reach the customer', () => {
  const replied = [says('inbound', '10:00'), says('outbound', '10:20', 'reply')];
  const failed = (time: string, nextReply: { messageId: string; at: number } | null = null): SlaEvent => ({
    type: 'reply_failed',
    at: at(time),
    messageId: 'reply',
    nextReply,
  });

  it('has not stopped the clock: the time since counts', () => {
    const { clock } = firstReply(...replied, failed('10:40'));
    expect(clock).toMatchObject({
      phase: 'running',
      runningSince: at('10:20'),
      dueAt: at('11:00'),
      replyId: null,
    });
    expect(clock.spans).toHaveLength(1);
  });

  it('breaches when the deadline has passed meanwhile', () => {
    const { clock, notices } = firstReply(...replied, failed('12:00'));
    expect(clock).toMatchObject({ breachedAt: at('11:00') + 1, stoppedAt: null });
    expect(notices.at(-1)).toMatchObject({ kind: 'breached', at: at('11:00') + 1 });
  });

  it('hands over to the next reply that stands', () => {
    const { clock } = firstReply(...replied, failed('12:00', { messageId: 'second', at: at('10:50') }));
    expect(clock).toMatchObject({
      phase: 'stopped',
      replyId: 'second',
      stoppedAt: at('10:50'),
      breachedAt: null,
    });
    expect(minutes(clock)).toBe(50);
  });

  it('hands over to a next reply that came too late', () => {
    const { clock, told } = firstReply(...replied, failed('12:00', { messageId: 'second', at: at('11:30') }));
    expect(clock).toMatchObject({ replyId: 'second', stoppedAt: at('11:30'), breachedAt: at('11:00') + 1 });
    expect(told).toEqual(['met', 'breached']);
  });

  it('leaves a solved ticket solved without a reply', () => {
    const { clock } = firstReply(...replied, turns('solved', '10:30'), failed('10:40'));
    expect(clock).toMatchObject({ phase: 'stopped', stoppedBy: 'status', replyId: null });
  });

  it('is no matter when another reply stopped the clock', () => {
    const { clock } = firstReply(...replied, {
      type: 'reply_failed',
      at: at('10:40'),
      messageId: 'x',
      nextReply: null,
    });
    expect(clock).toMatchObject({ phase: 'stopped', replyId: 'reply' });
  });
});

describe('The resolution', () => {
  it('starts with creation', () => {
    expect(resolution(created('10:00')).clock).toMatchObject({ startedAt: at('10:00'), dueAt: at('11:00') });
  });

  it('waits for a person when mail that no person wrote made the ticket', () => {
    const automatic = created('10:00', 'new', true);
    expect(resolution(automatic).clock.phase).toBe('idle');
    expect(resolution(automatic, says('inbound', '10:30')).clock).toMatchObject({ startedAt: at('10:30') });
  });

  it('exists, paused and with nothing used up, when the ticket is created pending', () => {
    const { clock } = resolution(created('10:00', 'pending'));
    expect(clock).toMatchObject({ phase: 'paused', startedAt: at('10:00'), consumedMs: 0, dueAt: null });
    expect(clock.spans.map((span) => span.kind)).toEqual(['paused']);
  });

  it.each(['pending', 'on_hold'] as const)('rests while %s, without a deadline', (status) => {
    const { clock } = resolution(created('10:00'), turns(status, '10:20'));
    expect(clock).toMatchObject({ phase: 'paused', dueAt: null, warnAt: null });
    expect(nextSlaInstant(clock)).toBeNull();
    expect(minutes(clock)).toBe(20);
  });

  it('goes on with what was used up', () => {
    const { clock } = resolution(created('10:00'), turns('pending', '10:20'), turns('open', '13:00'));
    expect(clock).toMatchObject({ phase: 'running', dueAt: at('13:40'), warnAt: at('13:25') });
  });

  it('goes on resting from pending to on hold, told apart in the account', () => {
    const { clock } = resolution(created('10:00'), turns('pending', '10:20'), turns('on_hold', '10:30'));
    expect(clock.spans.map(({ kind, cause }) => [kind, cause])).toEqual([
      ['running', null],
      ['paused', 'pending by Li'],
      ['paused', 'on_hold by Li'],
    ]);
  });

  it.each(['solved', 'closed'] as const)('is met by %s', (status) => {
    const { clock, told } = resolution(created('10:00'), turns(status, '10:20'));
    expect(clock).toMatchObject({ phase: 'stopped', stoppedAt: at('10:20'), dueAt: at('11:00') });
    expect(told).toEqual(['met']);
  });

  it('is met at once when the ticket is created solved', () => {
    expect(resolution(created('10:00', 'solved'))).toMatchObject({ told: ['met'], clock: { consumedMs: 0 } });
  });

  it('is met by solving a ticket that rests', () => {
    expect(resolution(created('10:00'), turns('pending', '10:20'), turns('solved', '15:00')).told).toEqual([
      'met',
    ]);
  });

  it('stays as it was stopped from solved to closed', () => {
    const { clock } = resolution(created('10:00'), turns('solved', '10:20'), turns('closed', '1 10:00'));
    expect(clock.stoppedAt).toBe(at('10:20'));
  });

  it('goes on when the ticket is opened again, without the time it was solved', () => {
    const { clock, told } = resolution(
      created('10:00'),
      turns('solved', '10:20'),
      turns('open', '15:00'),
      turns('solved', '15:10'),
    );
    expect(minutes(clock)).toBe(30);
    expect(told).toEqual(['met', 'met']);
    expect(clock.spans.map(({ from, to, cause }) => [from, to, cause])).toEqual([
      [at('10:00'), at('10:20'), null],
      [at('10:20'), at('15:00'), 'solved by Li'],
      [at('15:00'), at('15:10'), null],
    ]);
  });

  it('rests when a solved ticket becomes pending', () => {
    const { clock } = resolution(created('10:00'), turns('solved', '10:20'), turns('pending', '15:00'));
    expect(clock).toMatchObject({ phase: 'paused', stoppedAt: null, dueAt: null });
    expect(minutes(clock)).toBe(20);
  });

  it('is not stopped by a reply', () => {
    expect(resolution(created('10:00'), says('outbound', '10:20')).clock.phase).toBe('running');
  });
});
