import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { HistoryEntry } from './history.js';
import { HistoryLog } from './history-log.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tributary-history-'));
});

afterEach(() => rm(folder, { recursive: true }));

it('has every entry on the disk when its write has resolved, in the order of the writes', async () => {
  const path = join(folder, 'history.jsonl');
  const log = await HistoryLog.open(path);
  const entries = Array.from({ length: 200 }, (_, i): HistoryEntry => ({ kind: 'ok', id: String(i) }));
  const read = async () =>
    (await readFile(path, 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
  await log.write(entries[0]!);
  expect(await read()).toEqual(entries.slice(0, 1));
  await Promise.all(entries.slice(1).map((entry) => log.write(entry)));
  expect(await read()).toEqual(entries);
  expect(log.entries).toEqual(entries);
  await log.close();
});

it('begins no history over another', async () => {
  const path = join(folder, 'history.jsonl');
  await (await HistoryLog.open(path)).close();
  await expect(HistoryLog.open(path)).rejects.toThrow('EEXIST');
});
