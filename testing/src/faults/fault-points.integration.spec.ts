import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FaultPoints, type FaultRule, markerOf, NOTES_FILE, releaseOf } from './fault-points.js';

let folder: string;
let deaths: number;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tributary-points-'));
  deaths = 0;
});

afterEach(() => rm(folder, { recursive: true }));

/** As a process of the run has them; another one has others on the same folder. */
function points(...rules: FaultRule[]): FaultPoints {
  return new FaultPoints({ folder, rules, die: () => (deaths += 1) });
}

const kills = (...when: string[]): FaultRule => ({
  point: 'append',
  when,
  action: { kind: 'kill', afterMs: 0 },
});

describe('the fault points of a process', () => {
  it('let it go on where no rule is about them', async () => {
    const some = points(kills('second', 'inbound'));
    await some.reach('append', 'inbound first');
    await some.reach('handle', 'inbound second');
    expect(deaths).toBe(0);
  });

  it('kill it where all of a rule holds, and say which process it was', async () => {
    await points(kills('second', 'inbound')).reach('append', 'inbound second');
    expect(deaths).toBe(1);
    expect(await readFile(markerOf(folder, 0), 'utf8')).toBe(String(process.pid));
  });

  it('do so once, also when it was started again', async () => {
    await points(kills('second')).reach('append', 'second');
    await points(kills('second')).reach('append', 'second');
    expect(deaths).toBe(1);
  });

  it('do so each time where the rule says so', async () => {
    const often = points({ ...kills('second'), often: true });
    await often.reach('append', 'second');
    await often.reach('append', 'second');
    expect(deaths).toBe(2);
  });

  it('hold it until it is let go', async () => {
    const held = points({ point: 'record', when: [], action: { kind: 'hold', ms: 100_000 } }).reach(
      'record',
      '',
    );
    await writeFile(releaseOf(folder, 0), '');
    expect(await held).toBe(false);
  });

  it('tell the place when it is to do the wrong thing itself', async () => {
    const told = points({ point: 'answer', when: [], action: { kind: 'tell' } });
    expect(await told.reach('answer', '')).toBe(true);
    expect(await told.reach('answer', '')).toBe(false);
  });

  it('keep what is noted, a line each, with who noted it and when', async () => {
    const some = points();
    some.note({ kind: 'begun' });
    some.note({ kind: 'applied' });
    const lines = (await readFile(join(folder, NOTES_FILE), 'utf8')).trimEnd().split('\n');
    const [first, second] = lines.map(
      (line) => JSON.parse(line) as { kind: string; member: string; at: number },
    );
    expect([first!.kind, second!.kind]).toEqual(['begun', 'applied']);
    expect(first!.member).toBe(String(process.pid));
    expect(second!.at).toBeGreaterThan(first!.at);
  });
});
