import { readFile } from 'node:fs/promises';
import { describe, expect, it, jest } from '@jest/globals';
import { applyEdits } from '@tributary/testing';
import { POINTS } from './faults/teeth/fault-points.js';
import { SEEDED_BUGS } from './faults/teeth/seeded-bugs.js';
import { teeth } from './faults/teeth/teeth.js';

jest.setTimeout(600_000);

/** One with a death and one without, of the quickest; `npm run faults -- teeth` has every one. */
const SHORT = ['ack before append', 'double assignment'];

const ROOT = new URL('../../', import.meta.url);

describe('the teeth of the history checker', () => {
  it.each(SEEDED_BUGS)('have a place in the build for: $name', async ({ edits, play }) => {
    const all = [...POINTS, ...play.points, ...edits];
    for (const [module, own] of Map.groupBy(all, (edit) => edit.module)) {
      const source = await readFile(new URL(module, ROOT), 'utf8');
      expect(applyEdits(source, own)).not.toBe(source);
    }
  });

  it('bite: each of two bugs is found, and nothing is found without them', async () => {
    const lines: string[] = [];
    const bugs = SEEDED_BUGS.filter(({ name }) => SHORT.includes(name));
    const { caught, missed } = await teeth(bugs, (line) => lines.push(line));
    expect({ caught, missed, lines }).toEqual({ caught: SHORT, missed: [], lines });
  });
});
