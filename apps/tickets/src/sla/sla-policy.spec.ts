import { describe, expect, it } from '@jest/globals';
import { chooseSlaPolicy, type SlaPolicy, slaTargetOf } from './sla-policy.js';

const aPolicy = (name: string, when: SlaPolicy['when'], rest: Partial<SlaPolicy> = {}): SlaPolicy => ({
  id: name,
  name,
  when,
  calendarId: 'office@1',
  calendarName: 'Office hours',
  targets: { first_reply: { normal: 3600, urgent: 900 } },
  ...rest,
});
const ticket = { channel: 'email', priority: 'normal', tier: 'standard' } as const;

describe('The policy of a ticket', () => {
  const vip = aPolicy('vip', { tiers: ['vip'] });
  const urgentMail = aPolicy('urgent mail', { channels: ['email'], priorities: ['urgent', 'high'] });
  const everyone = aPolicy('everyone', {});
  const policies = [vip, urgentMail, everyone];

  it.each([
    ['the first whose conditions hold', { ...ticket, tier: 'vip', priority: 'urgent' }, 'vip'],
    ['a later one when an earlier does not fit', { ...ticket, priority: 'high' }, 'urgent mail'],
    ['one without conditions when no other fits', ticket, 'everyone'],
    [
      'not one of whose conditions only some hold',
      { ...ticket, channel: 'web_form', priority: 'urgent' },
      'everyone',
    ],
  ] as const)('is %s', (_, attributes, name) => {
    expect(chooseSlaPolicy(policies, attributes)?.name).toBe(name);
  });

  it('follows the order of the list', () => {
    expect(chooseSlaPolicy([everyone, vip], { ...ticket, tier: 'vip' })?.name).toBe('everyone');
  });

  it('takes an empty condition as none', () => {
    const open = aPolicy('open', { channels: [], priorities: [], tiers: [] });
    expect(chooseSlaPolicy([open], ticket)?.name).toBe('open');
  });

  it('is none when none fits', () => {
    expect(chooseSlaPolicy([vip, urgentMail], ticket)).toBeNull();
    expect(chooseSlaPolicy([], ticket)).toBeNull();
  });
});

describe('The target of a policy', () => {
  it('is that of metric and priority, with the warning at three quarters unless it says otherwise', () => {
    expect(slaTargetOf(aPolicy('p', {}), 'first_reply', 'urgent')).toEqual({
      policyId: 'p',
      policyName: 'p',
      calendarId: 'office@1',
      calendarName: 'Office hours',
      targetSeconds: 900,
      warnFraction: 0.75,
    });
    expect(slaTargetOf(aPolicy('p', {}, { warnFraction: 0.5 }), 'first_reply', 'normal')?.warnFraction).toBe(
      0.5,
    );
  });

  it('is none for a priority or a metric without one', () => {
    expect(slaTargetOf(aPolicy('p', {}), 'first_reply', 'low')).toBeNull();
    expect(slaTargetOf(aPolicy('p', {}), 'resolution', 'normal')).toBeNull();
  });
});
