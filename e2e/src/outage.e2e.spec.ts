import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { CHANNEL_MODULES } from '@tributary/channel-registry';
import { testDatabase, type TestDatabase } from '@tributary/testing';
import { Desk } from './system/desk.js';
import { eventually } from './system/eventually.js';
import { NetworkLine } from './system/network-line.js';
import { type AnsweredCall, PublicDoor } from './system/public-door.js';
import { reconcile } from './system/reconcile.js';
import { type RunningSystem, startSystem } from './system/running-system.js';
import { freePort } from './system/standalone-process.js';
import type { OpenAccount, Vendor } from './vendors/vendor.js';
import { providerOrigins, sayingOf, startVendors, toldOf } from './vendors/vendors.js';

jest.setTimeout(240_000);

/** Channels whose provider calls us, and how. */
const CALLED = CHANNEL_MODULES.flatMap(({ manifest, inbound }) =>
  inbound.kind === 'webhook' || inbound.kind === 'pull' || inbound.kind === 'call'
    ? [{ channel: manifest.channel, kind: inbound.kind, within: manifest.answerWithinMs ?? 0 }]
    : [],
);
const CUSTOMERS = 2;

/** PostgreSQL, which holds the log as well, over a line that fails. */
describe('providers that call while the database and the log are away', () => {
  let vendors: Vendor;
  let database: TestDatabase;
  let line: NetworkLine;
  let door: PublicDoor;
  let system: RunningSystem;
  let admin: Desk;
  const accounts = new Map<string, OpenAccount>();
  let said = 0;

  beforeAll(async () => {
    const port = await freePort();
    [vendors, database, door] = await Promise.all([startVendors(), testDatabase(), PublicDoor.before(port)]);
    line = await NetworkLine.to(database.url);
    system = await startSystem({
      ...{ port, databaseUrl: line.url, publicUrl: door.origin },
      providerOrigins: providerOrigins(vendors),
    });
    admin = await Desk.signIn(system.signInUrl);
    for (const { channel, open } of vendors.accounts) accounts.set(channel, await open(admin));
  });

  afterAll(async () => {
    line?.mend();
    await system?.stop();
    await Promise.all([vendors?.stop(), door?.close(), line?.close()]);
    await database?.drop();
  });

  /** The next message of every customer by every channel. */
  function everybodyWrites(): void {
    said += 1;
    for (const { write } of accounts.values()) {
      for (let customer = 0; customer < CUSTOMERS; customer++) write(customer, sayingOf(customer, said));
    }
  }

  const answersTo = (channel: string, from: number): readonly AnsweredCall[] =>
    door.answered.slice(from).filter(({ inboxId }) => inboxId === accounts.get(channel)?.inbox.id);

  it('are all played here', () => {
    expect([...accounts.keys()].toSorted()).toEqual(CALLED.map(({ channel }) => channel).toSorted());
  });

  it('are taken while nothing fails', async () => {
    everybodyWrites();
    await vendors.settled();
    for (const account of accounts.values()) await toldOf(admin, account, CUSTOMERS, said);
  });

  describe.each(['hang', 'cut'] as const)('for a %s of the line', (fault) => {
    /** What each channel was answered while the line was down. */
    const answers = new Map<string, readonly AnsweredCall[]>();

    beforeAll(async () => {
      const from = door.answered.length;
      line[fault]();
      everybodyWrites();
      const heard = () => CALLED.every(({ channel }) => answersTo(channel, from).length >= CUSTOMERS);
      await eventually('an answer to a call of every channel', async () => heard() || undefined);
      for (const { channel } of CALLED) answers.set(channel, answersTo(channel, from));
      line.mend();
      await vendors.settled();
    });

    it.each(CALLED)('$channel hears an answer while it waits, which makes it call again', (called) => {
      expect(answers.get(called.channel)).toBeDefined();
      for (const { status, body, milliseconds } of answers.get(called.channel) ?? []) {
        expect(milliseconds).toBeLessThan(called.within);
        if (called.kind === 'call') expect([status, body]).toEqual([200, expect.stringContaining('<Say')]);
        else expect(status).toBe(503);
      }
    });

    it.each(CALLED)('nothing of $channel is missing, doubled or out of order afterwards', async (called) => {
      const told = await toldOf(admin, accounts.get(called.channel)!, CUSTOMERS, said);
      const all = Array.from({ length: said }, (_, at) => at + 1);
      for (const { messages, tickets } of told) {
        expect(messages).toEqual(all);
        // Each call is a matter of its own.
        if (called.kind !== 'call') expect(tickets).toHaveLength(1);
      }
    });
  });

  it('what was accepted is what is stored', async () => {
    const { isClean, text } = await reconcile({ home: system.home, databaseUrl: database.url });
    expect([isClean, text]).toEqual([true, expect.any(String)]);
  });
});
