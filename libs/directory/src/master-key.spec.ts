import { describe, expect, it } from '@jest/globals';
import { MasterKey, SealError } from './master-key.js';

const [workspace, other] = ['0190f3a2-7c5d-7e8a-9b0c-1d2e3f405163', '0190f3a2-7c5d-7e8a-9b0c-1d2e3f405164'];
const key = new MasterKey(MasterKey.generate());

describe('the master key', () => {
  it('opens what it sealed', () => {
    for (const text of ['', 'hunter2', '{"imapPassword":"密码"}', 'x'.repeat(100_000)]) {
      expect(key.open(workspace, 'inbox:1', key.seal(workspace, 'inbox:1', text))).toBe(text);
    }
  });

  it('seals the same text differently each time, and shows nothing of it', () => {
    const [one, two] = [key.seal(workspace, 'inbox:1', 'hunter2'), key.seal(workspace, 'inbox:1', 'hunter2')];
    expect(one.equals(two)).toBe(false);
    expect(one.includes('hunter2')).toBe(false);
  });

  it.each([
    ['moved to another inbox', () => key.open(workspace, 'inbox:2', key.seal(workspace, 'inbox:1', 'x'))],
    ['moved to another workspace', () => key.open(other, 'inbox:1', key.seal(workspace, 'inbox:1', 'x'))],
    [
      'sealed under another key',
      () =>
        new MasterKey(MasterKey.generate()).open(workspace, 'inbox:1', key.seal(workspace, 'inbox:1', 'x')),
    ],
    ['cut', () => key.open(workspace, 'inbox:1', key.seal(workspace, 'inbox:1', 'x').subarray(0, 20))],
    ['empty', () => key.open(workspace, 'inbox:1', Buffer.alloc(0))],
    [
      'of an unknown version',
      () =>
        key.open(
          workspace,
          'inbox:1',
          Buffer.concat([Buffer.from([9]), key.seal(workspace, 'inbox:1', 'x').subarray(1)]),
        ),
    ],
  ])('refuses what was %s', (_, open) => {
    expect(open).toThrow(SealError);
  });

  it('refuses what was changed in any byte', () => {
    const sealed = key.seal(workspace, 'inbox:1', 'hunter2');
    for (let i = 0; i < sealed.length; i++) {
      const changed = Buffer.from(sealed);
      changed[i]! ^= 1;
      expect(() => key.open(workspace, 'inbox:1', changed)).toThrow(SealError);
    }
  });

  it('derives a key of its own for each use and workspace, the same for ever', () => {
    const keys = [
      key.derive('thread-token', workspace),
      key.derive('progress', workspace),
      key.derive('thread-token', other),
      new MasterKey(MasterKey.generate()).derive('thread-token', workspace),
    ].map((each) => each.toString('hex'));
    expect(new Set(keys).size).toBe(4);
    expect(key.derive('progress', workspace).toString('hex')).toBe(keys[1]);
    const fixed = new MasterKey(Buffer.alloc(32, 1).toString('base64'));
    expect(fixed.derive('thread-token', workspace)).toHaveLength(32);
  });

  it.each(['', 'short', Buffer.alloc(31).toString('base64'), Buffer.alloc(33).toString('base64')])(
    'is 32 bytes: %j is refused',
    (text) => {
      expect(() => new MasterKey(text)).toThrow(SealError);
    },
  );
});
