import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { testDatabase, type TestDatabase } from '@tributary/testing';
import { eventually } from './system/eventually.js';
import { NetworkLine } from './system/network-line.js';
import type { AnsweredCall } from './system/public-door.js';
import { reconcile } from './system/reconcile.js';
import { type CalledChannel, calledChannels } from './vendors/called-channels.js';
import { VendorScene } from './vendors/vendor-scene.js';

jest.setTimeout(240_000);

const CALLED = calledChannels();
const CUSTOMERS = 2;
const kind = (wanted: CalledChannel['kind']) => CALLED.filter((each) => each.kind === wanted);

/** Standalone: PostgreSQL, which holds the log as well, over a line that fails. */
describe('providers that call while the database and the log are away', () => {
  let database: TestDatabase;
  let line: NetworkLine;
  let scene: VendorScene;

  beforeAll(async () => {
    database = await testDatabase();
    line = await NetworkLine.to(database.url);
    scene = await VendorScene.open({ mode: 'standalone', customers: CUSTOMERS, databaseUrl: line.url });
  });

  afterAll(async () => {
    line?.mend();
    await scene?.close();
    await line?.close();
    await database?.drop();
  });

  const answersTo = (channel: string, from: number): readonly AnsweredCall[] =>
    scene.door.answered.slice(from).filter(({ inboxId }) => inboxId === scene.inboxOf(channel));

  it('are all played here', () => {
    expect(scene.channels.toSorted()).toEqual(CALLED.map(({ channel }) => channel).toSorted());
  });

  it('are taken while nothing fails', async () => {
    scene.everybodyWrites();
    await scene.vendors.settled();
    for (const called of CALLED) expect(await scene.told(called)).toEqual(scene.expected);
  });

  describe.each(['hang', 'cut'] as const)('for a %s of the line', (fault) => {
    /** What each channel was answered while the line was down. */
    const answers = new Map<string, readonly AnsweredCall[]>();

    beforeAll(async () => {
      const from = scene.door.answered.length;
      line[fault]();
      scene.everybodyWrites();
      const heard = () => CALLED.every(({ channel }) => answersTo(channel, from).length >= CUSTOMERS);
      await eventually('answers to calls of every channel', async () => heard() || undefined);
      for (const { channel } of CALLED) answers.set(channel, answersTo(channel, from));
      line.mend();
      await scene.vendors.settled();
    });

    it.each(CALLED)('$channel is answered while it waits', ({ channel, answerWithinMs }) => {
      for (const { milliseconds } of answers.get(channel)!) expect(milliseconds).toBeLessThan(answerWithinMs);
    });

    it.each(kind('webhook'))('$channel is asked to call again', ({ channel }) => {
      for (const { status } of answers.get(channel)!) expect(status).toBe(503);
    });

    it.each(kind('pull'))(
      '$channel keeps what it has until it is fetched, whatever it hears',
      ({ channel }) => {
        for (const { status } of answers.get(channel)!) expect([200, 503]).toContain(status);
      },
    );

    it.each(kind('call'))(
      '$channel speaks to whoever calls, and is asked for reports again',
      ({ channel }) => {
        const turns = answers.get(channel)!.filter(({ status }) => status !== 503);
        expect(turns.length).toBeGreaterThanOrEqual(CUSTOMERS);
        for (const { status, body } of turns) {
          expect([status, body]).toEqual([200, expect.stringContaining('<Say')]);
        }
      },
    );

    it.each(CALLED)('nothing of $channel is missing, doubled or out of order afterwards', async (called) => {
      expect(await scene.told(called)).toEqual(scene.expected);
    });
  });

  it('what was accepted is what is stored', async () => {
    const { home } = scene.system;
    expect(await reconcile({ home, databaseUrl: database.url })).toMatchObject({ isClean: true });
  });
});
