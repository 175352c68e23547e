import { describe, expect, it } from '@jest/globals';
import { fairShare, type LeaseView } from './fair-share.js';

/** `'aab-'`: a holds partitions 0 and 1, b holds 2, nobody holds 3. */
function leases(owners: string): LeaseView[] {
  return [...owners].map((owner, partition) => ({ partition, owner: owner === '-' ? null : owner }));
}

describe('the fair share of a member', () => {
  it('is everything for a member alone', () => {
    expect(fairShare('a', ['a'], leases('----'))).toEqual({ claim: [0, 1, 2, 3], release: [] });
  });

  it('gives back what is too much when a member joins', () => {
    expect(fairShare('a', ['a', 'b'], leases('aaaa'))).toEqual({ claim: [], release: [2, 3] });
    expect(fairShare('b', ['a', 'b'], leases('aaaa'))).toEqual({ claim: [], release: [] });
  });

  it('takes what a leaving member gave back', () => {
    expect(fairShare('a', ['a'], leases('aa--'))).toEqual({ claim: [2, 3], release: [] });
  });

  it('leaves the odd partition with who has it', () => {
    expect(fairShare('b', ['a', 'b'], leases('abb'))).toEqual({ claim: [], release: [] });
    expect(fairShare('a', ['a', 'b'], leases('abb'))).toEqual({ claim: [], release: [] });
  });

  it('gives a third member a partition when two hold two each', () => {
    const members = ['a', 'b', 'c'];
    const released = members.flatMap((m) => fairShare(m, members, leases('aabb')).release);
    expect(released).toHaveLength(1);
  });

  it('leaves members without work when there are more of them than partitions', () => {
    expect(fairShare('c', ['a', 'b', 'c'], leases('ab'))).toEqual({ claim: [], release: [] });
  });

  it.each([
    [1, 7],
    [2, 6],
    [3, 12],
    [5, 4],
  ])('comes to rest with all partitions held evenly (%i members, %i partitions)', (count, partitions) => {
    const members = Array.from({ length: count }, (_, i) => `m${i}`);
    const state = leases('-'.repeat(partitions)).map((lease) => ({ ...lease, owner: 'm0' as string | null }));
    for (let round = 0; round < 10; round += 1) {
      for (const member of members) {
        const { claim, release } = fairShare(member, members, state);
        for (const partition of release) state[partition]!.owner = null;
        for (const partition of claim) state[partition]!.owner = member;
      }
    }
    const held = members.map((member) => state.filter((lease) => lease.owner === member).length);
    expect(Math.max(...held) - Math.min(...held)).toBeLessThanOrEqual(1);
    expect(held.reduce((a, b) => a + b)).toBe(partitions);
    for (const member of members)
      expect(fairShare(member, members, state)).toEqual({ claim: [], release: [] });
  });
});
