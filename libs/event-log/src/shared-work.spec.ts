import { describe, expect, it } from '@jest/globals';
import { SharedWork } from './shared-work.js';

interface Item {
  readonly key: string;
  readonly name: string;
}

const item = (name: string, key = 'a'): Item => ({ key, name });
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Work that ends when the test says so; what it was asked to do is in `runs`. */
function underTest(maxItems?: number, rest?: () => Promise<void>) {
  const runs: string[][] = [];
  const ends: { finish(): void; fail(error: Error): void }[] = [];
  const shared = new SharedWork<Item, string>({
    keyOf: ({ key }) => key,
    maxItems,
    rest,
    work: (_key, items) => {
      runs.push(items.map(({ name }) => name));
      return new Promise((resolve, reject) =>
        ends.push({
          finish: () => resolve(new Map(items.map((each) => [each, each.name.toUpperCase()]))),
          fail: reject,
        }),
      );
    },
  });
  const names = async (...items: Item[]) => [...(await shared.do(items)).values()];
  return { names, runs, ends };
}

describe('work that calls share', () => {
  it('begins at once when nothing of the key runs', async () => {
    const { names, runs, ends } = underTest();
    const done = names(item('x'), item('y'));
    expect(runs).toEqual([['x', 'y']]);
    ends[0]!.finish();
    expect(await done).toEqual(['X', 'Y']);
  });

  it('gathers the calls that come meanwhile into one run, in their order, and gives each its own results', async () => {
    const { names, runs, ends } = underTest();
    const first = names(item('x'));
    const others = [names(item('y'), item('z')), names(item('w'))];
    ends[0]!.finish();
    await first;
    await turn();
    expect(runs).toEqual([['x'], ['y', 'z', 'w']]);
    ends[1]!.finish();
    expect(await Promise.all(others)).toEqual([['Y', 'Z'], ['W']]);
  });

  it('rests between two runs of a key, while what was done has its results', async () => {
    const rests: (() => void)[] = [];
    const { names, runs, ends } = underTest(undefined, () => new Promise((resolve) => rests.push(resolve)));
    const first = names(item('x'));
    ends[0]!.finish();
    expect(await first).toEqual(['X']);
    void names(item('y'));
    await turn();
    expect(runs).toEqual([['x']]);
    rests[0]!();
    await turn();
    expect(runs).toEqual([['x'], ['y']]);
  });

  it('runs keys side by side', () => {
    const { names, runs } = underTest();
    void names(item('x', 'a'));
    void names(item('y', 'b'));
    expect(runs).toEqual([['x'], ['y']]);
  });

  it('keeps a run below its limit, and never splits a call', async () => {
    const { names, runs, ends } = underTest(2);
    const first = names(item('x'));
    const others = [
      names(item('a'), item('b'), item('c')),
      names(item('d')),
      names(item('e')),
      names(item('f')),
    ];
    for (let run = 0; run < 4; run++) {
      ends[run]!.finish();
      await turn();
    }
    await Promise.all([first, ...others]);
    expect(runs).toEqual([['x'], ['a', 'b', 'c'], ['d', 'e'], ['f']]);
  });

  it('tells everyone in a run of its failure, and goes on with the next', async () => {
    const { names, ends } = underTest();
    const first = names(item('x'));
    const others = [names(item('y')), names(item('z'))];
    const outcomes = Promise.allSettled(others);
    ends[0]!.finish();
    await first;
    await turn();
    ends[1]!.fail(new Error('away'));
    expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const again = names(item('y'));
    ends[2]!.finish();
    expect(await again).toEqual(['Y']);
  });
});
