import { afterAll, beforeAll, describe } from '@jest/globals';
import type { EventLog } from '../event-log.js';
import { appendContract } from './append-contract.js';
import { consumeContract } from './consume-contract.js';
import { groupContract } from './group-contract.js';
import { type LogUnderTest, openLog } from './under-test.js';

/** What every driver of the log promises; each runs this whole suite against a real server. */
export function logContract(name: string, start: () => Promise<LogUnderTest>): void {
  describe(name, () => {
    let underTest: LogUnderTest;
    let log: EventLog;

    beforeAll(async () => {
      underTest = await start();
      log = openLog(underTest.address);
    }, 120_000);

    afterAll(async () => {
      await log?.close();
      await underTest?.stop();
    }, 60_000);

    const address = () => underTest.address;
    const shared = () => log;
    describe('appending', () => appendContract(address, shared));
    describe('consuming', () => consumeContract(address, shared));
    describe('groups', () => groupContract(address, shared));
  });
}
