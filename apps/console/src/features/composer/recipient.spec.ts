import { describe, expect, it } from '@jest/globals';
import type { TicketDetail } from '@tributary/contracts';
import { recipientOf } from './recipient.js';

describe('the address a reply goes to', () => {
  it.each([
    ['wechat_oa', 'openid'],
    ['wechat_mini', 'openid'],
    ['wecom_kf', 'external_userid'],
    ['wechaty', 'wechaty'],
    ['wechaty', 'wechaty_room'],
  ] as const)('on %s is the identity of kind %s, as its channel names it', (channel, kind) => {
    const identity = (of: string): TicketDetail['identities'][number] => ({
      ...{ kind: of, value: `${of}-1`, verified: false, consents: [] },
    });
    expect(recipientOf({ channel, identities: [identity('email'), identity(kind)] })).toBe(`${kind}-1`);
  });
});
