import { describe, expect, it } from '@jest/globals';
import { aChange } from '../../testing/tickets.js';
import { translatorOf } from '../../testing/translator.js';
import { eventLines } from './event-text.js';

const en = translatorOf('en');
const zh = translatorOf('zh-CN');

describe('an event of the thread', () => {
  it('says who changed what, from what, to what', () => {
    expect(eventLines(aChange('a', { changes: { status: ['open', 'solved'] } }), en)).toEqual([
      'Lin changed status from Open to Solved',
    ]);
  });

  it('is a line for each change', () => {
    const event = aChange('a', { changes: { priority: ['normal', 'urgent'], type: [null, 'refund'] } });
    expect(eventLines(event, zh)).toEqual(['Lin 将优先级从“普通”改为“紧急”', 'Lin 将类型设为“退款”']);
  });

  it('says what the customer thinks of hearing from us, and what they did without writing', () => {
    const by = { actor: 'contact:ann', actorName: 'Ann' };
    const said = (consent: string) => aChange('a', { ...by, type: 'consent.changed', changes: { consent } });
    expect(eventLines(said('withdrawn'), en)).toEqual(['Ann wants no more messages here']);
    expect(eventLines(said('given'), zh)).toEqual(['Ann 同意接收这里的消息']);
    const scanned = aChange('a', { ...by, type: 'customer.acted', changes: { activity: 'SCAN' } });
    expect(eventLines(scanned, en)).toEqual(['Ann did something without writing: SCAN']);
  });

  it('says that what a device warned of is over', () => {
    const device = { actor: 'contact:boiler', actorName: 'Boiler 7', type: 'customer.acted' };
    const cleared = aChange('a', { ...device, changes: { activity: 'signal_cleared' } });
    expect(eventLines(cleared, en)).toEqual(['Boiler 7: the alarm is over']);
    expect(eventLines(cleared, zh)).toEqual(['Boiler 7：警报已解除']);
  });

  it('says that the router assigned it', () => {
    const event = aChange('a', {
      type: 'ticket.assigned',
      actor: 'router',
      actorName: '',
      changes: { assignee: [null, { id: 'me', name: 'Lin' }] },
    });
    expect(eventLines(event, en)).toEqual(['Assigned to Lin by the router']);
  });

  it('tells a colleague’s assignment from giving it back', () => {
    const given = aChange('a', {
      type: 'ticket.assigned',
      changes: { assignee: [{ id: 'me', name: 'Lin' }, null] },
    });
    expect(eventLines(given, en)).toEqual(['Lin gave it back to the queue']);
  });

  it('names the clock that was breached', () => {
    const event = aChange('a', { type: 'sla.breached', actor: 'sla', changes: { metric: 'first_reply' } });
    expect(eventLines(event, zh)).toEqual(['首次回复已超时']);
  });

  it('never drops what it does not know', () => {
    expect(eventLines(aChange('a', { type: 'ticket.merged', changes: {} }), en)).toEqual([
      'Lin: ticket.merged',
    ]);
    expect(eventLines(aChange('a', { changes: { mood: 'sunny' } }), en)).toEqual(['Lin set mood to sunny']);
  });
});
