import { describe, expect, it } from '@jest/globals';
import type { InboxService, OpenInbox } from '@tributary/directory';
import { VirtualClock } from '@tributary/runtime/testing';
import { DirectoryInboxLookup, withoutPlusPart } from './directory-inbox-lookup.js';

const anInbox = (id: string): OpenInbox => ({
  id,
  workspaceId: 'w',
  channel: 'email',
  name: id,
  settings: {},
});

function aLookup(inboxes: Partial<InboxService>, clock = new VirtualClock()) {
  return new DirectoryInboxLookup(inboxes as InboxService, clock);
}

describe('the mailbox behind an address', () => {
  it.each([
    ['Help@Example.org', 'help@example.org'],
    ['help+t1.abc@example.org', 'help@example.org'],
    ['help+a+b@example.org', 'help@example.org'],
    ['+help@example.org', '+help@example.org'],
    ['"a@b"+x@example.org', '"a@b"@example.org'],
    ['nobody', 'nobody'],
    ['a@b+c.example', 'a@b+c.example'],
  ])('of %s is %s', (address, mailbox) => {
    expect(withoutPlusPart(address)).toBe(mailbox);
  });

  it('is the one that has the whole address, before the one without its plus part', async () => {
    const known = new Map([
      ['help@x.example', anInbox('plain')],
      ['help+eu@x.example', anInbox('eu')],
    ]);
    const lookup = aLookup({ byMailAddress: async (address) => known.get(address) });
    expect((await lookup.byMailAddress('Help+EU@x.example'))?.id).toBe('eu');
    expect((await lookup.byMailAddress('help+c1.token@x.example'))?.id).toBe('plain');
    expect((await lookup.byMailAddress('help@x.example'))?.id).toBe('plain');
    expect(await lookup.byMailAddress('other+eu@x.example')).toBeUndefined();
  });
});

describe('an inbox that many deliveries ask for', () => {
  it('is asked for once, until a moment has passed', async () => {
    const clock = new VirtualClock();
    let asked = 0;
    const lookup = aLookup({ byId: async () => anInbox(String(++asked)) }, clock);
    await Promise.all([lookup.byId('a'), lookup.byId('a')]);
    expect(asked).toBe(1);
    clock.advance(2000);
    expect((await lookup.byId('a'))?.id).toBe('2');
  });

  it('is asked for again after a fault', async () => {
    let asked = 0;
    const lookup = aLookup({
      byId: async () => {
        if (++asked === 1) throw new Error('away');
        return anInbox('a');
      },
    });
    await expect(lookup.byId('a')).rejects.toThrow('away');
    expect((await lookup.byId('a'))?.id).toBe('a');
  });
});
