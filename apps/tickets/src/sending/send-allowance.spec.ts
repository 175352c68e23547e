import { describe, expect, it } from '@jest/globals';
import type { ReplyWindow, SendPolicy } from '@tributary/contracts';
import fc from 'fast-check';
import { TestProvider, type CustomerAct } from '../testing/a-provider.js';
import { sendAllowance, type SendFacts } from './send-allowance.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOON = Date.parse('2026-11-24T12:00:00Z');
const at = (milliseconds: number) => new Date(NOON + milliseconds);

const policy = (...windows: ReplyWindow[]): SendPolicy => ({
  ...{ windows, templates: false, perSecond: { inbox: null, contact: null } },
});
const facts = (change: Partial<SendFacts> = {}): SendFacts => ({
  ...{ lastMessageAt: at(0), lastEventAt: null, sends: [], consent: null },
  ...change,
});
const sent = (milliseconds: number, messages = 1) => ({ at: at(milliseconds), messages });

// Official Account: 5 in 48 hours after a message, 3 in a minute after following.
const account = policy(
  { opensOn: 'event', hours: 1 / 60, messages: 3 },
  { opensOn: 'message', hours: 48, messages: 5 },
);
// Messenger: 24 hours, then seven days for people alone.
const social = policy(
  { opensOn: 'message', hours: 24, messages: null },
  { opensOn: 'message', hours: 168, messages: null, tag: 'HUMAN_AGENT' },
);

describe('what a channel lets us send', () => {
  it('is everything at any time where the policy has no windows', () => {
    expect(sendAllowance(policy(), facts({ lastMessageAt: null }), at(0))).toEqual({
      ...{ state: 'open', until: null, left: null, tag: null },
    });
  });

  it('is nothing before the customer has begun', () => {
    expect(sendAllowance(social, facts({ lastMessageAt: null }), at(0))).toEqual({
      ...{ state: 'closed', reason: 'not_begun', since: null, rule: null },
    });
  });

  it('is open up to the last instant of its hours, and closed after it', () => {
    expect(sendAllowance(account, facts(), at(48 * HOUR))).toMatchObject({ state: 'open', left: 5 });
    expect(sendAllowance(account, facts(), at(48 * HOUR + 1))).toEqual({
      ...{ state: 'closed', reason: 'window_over', since: at(48 * HOUR), rule: account.windows[1] },
    });
  });

  it('takes the plain window before the one that wants a tag', () => {
    expect(sendAllowance(social, facts(), at(HOUR))).toMatchObject({ tag: null, until: at(24 * HOUR) });
    expect(sendAllowance(social, facts(), at(25 * HOUR))).toMatchObject({
      ...{ tag: 'HUMAN_AGENT', until: at(168 * HOUR) },
    });
  });

  it('is what the budget leaves of the window', () => {
    const sends = [sent(-1, 9), sent(0), sent(HOUR, 3)];
    expect(sendAllowance(account, facts({ sends }), at(2 * HOUR))).toMatchObject({ state: 'open', left: 1 });
    expect(sendAllowance(account, facts({ sends }), at(2 * HOUR), 2)).toEqual({
      ...{ state: 'closed', reason: 'budget_spent', since: null, rule: account.windows[1] },
    });
  });

  it('begins anew with the customer’s next message', () => {
    const sends = [sent(HOUR, 5)];
    const again = facts({ lastMessageAt: at(2 * HOUR), sends });
    expect(sendAllowance(account, again, at(3 * HOUR))).toMatchObject({ left: 5, until: at(50 * HOUR) });
  });

  it('is three within a minute of following, when the customer never wrote', () => {
    const followed = facts({ lastMessageAt: null, lastEventAt: at(0) });
    expect(sendAllowance(account, followed, at(MINUTE))).toMatchObject({ left: 3, until: at(MINUTE) });
    expect(sendAllowance(account, followed, at(MINUTE + 1))).toMatchObject({ reason: 'window_over' });
  });

  it('falls to the next window when the first is spent', () => {
    const both = facts({ lastEventAt: at(HOUR), sends: [sent(HOUR, 3)] });
    expect(sendAllowance(account, both, at(HOUR + 1))).toMatchObject({ left: 2, until: at(48 * HOUR) });
  });

  it('is nothing once consent was withdrawn, whatever the window', () => {
    const withdrawn = facts({ consent: 'withdrawn' });
    for (const each of [account, social, policy()]) {
      expect(sendAllowance(each, withdrawn, at(0))).toMatchObject({ reason: 'consent_withdrawn' });
    }
  });
});

describe('a template', () => {
  const templates = { ...policy({ opensOn: 'message', hours: 24, messages: null }), templates: true };
  const never = facts({ lastMessageAt: null });

  it('needs no window where the policy has templates', () => {
    const open = { state: 'open', until: null, left: null, tag: null };
    expect(sendAllowance(templates, never, at(0), 1, 'template')).toEqual(open);
    expect(sendAllowance(templates, facts(), at(25 * HOUR), 1, 'template')).toEqual(open);
    expect(sendAllowance(templates, facts(), at(25 * HOUR))).toMatchObject({ reason: 'window_over' });
  });

  it('is a text like any other where the policy has none, and against consent nowhere', () => {
    expect(sendAllowance(social, never, at(0), 1, 'template')).toMatchObject({ reason: 'not_begun' });
    const withdrawn = facts({ consent: 'withdrawn' });
    expect(sendAllowance(templates, withdrawn, at(0), 1, 'template')).toMatchObject({
      reason: 'consent_withdrawn',
    });
  });
});

type Step =
  | { readonly does: CustomerAct; readonly after: number }
  | { readonly does: 'sends'; readonly after: number; readonly messages: number };

const anyWindow = fc.record({
  opensOn: fc.constantFrom('message' as const, 'event' as const),
  hours: fc.constantFrom(1 / 60, 1, 24, 48),
  messages: fc.option(fc.integer({ min: 1, max: 6 })),
});
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    does: fc.constantFrom('wrote' as const, 'followed' as const, 'stops' as const, 'returns' as const),
    // What happens in one millisecond has no order.
    after: fc.integer({ min: 1, max: 30 * HOUR }),
  }),
  fc.record({
    does: fc.constant('sends' as const),
    after: fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 30 * HOUR })),
    messages: fc.integer({ min: 1, max: 3 }),
  }),
);

describe('no send ever leaves its window or its budget, and each that is refused would', () => {
  it('whatever the policy, and whatever happens in which order', () => {
    fc.assert(
      fc.property(
        fc.array(anyWindow, { minLength: 1, maxLength: 3 }),
        fc.array(anyStep, { maxLength: 40 }),
        (windows, steps) => {
          const provider = new TestProvider(windows);
          let now = 0;
          let known = facts({ lastMessageAt: null });
          for (const step of steps) {
            now += step.after;
            if (step.does !== 'sends') {
              known = told(known, step.does, at(now));
              provider.hear(step.does, now);
              continue;
            }
            const allowance = sendAllowance(policy(...windows), known, at(now), step.messages);
            const refusal = provider.refusal(now, step.messages);
            if (allowance.state === 'closed') {
              expect(allowance.reason).toBe(refusal?.reason);
              expect(allowance.since?.getTime()).toBe(refusal?.since);
              expect(allowance.rule === null).toBe(
                !['window_over', 'budget_spent'].includes(allowance.reason),
              );
              continue;
            }
            expect(refusal).toBeUndefined();
            expect(allowance.until!.getTime()).toBeGreaterThanOrEqual(NOON + now);
            known = { ...known, sends: [...known.sends, sent(now, step.messages)] };
            provider.take(now, step.messages);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});

function told(known: SendFacts, what: CustomerAct, when: Date): SendFacts {
  switch (what) {
    case 'wrote':
      return { ...known, lastMessageAt: when };
    case 'followed':
      return { ...known, lastEventAt: when };
    case 'stops':
      return { ...known, consent: 'withdrawn' };
    case 'returns':
      return { ...known, consent: 'given' };
  }
}
