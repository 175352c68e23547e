import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { eventually } from './system/eventually.js';
import type { AnsweredCall } from './system/public-door.js';
import { reconcile } from './system/reconcile.js';
import { type CalledChannel, calledChannels } from './vendors/called-channels.js';
import { ON_KAFKA, type OutageStage, STANDALONE } from './vendors/outage-stage.js';

jest.setTimeout(240_000);

const CALLED = calledChannels();
const CUSTOMERS = 2;
const kind = (wanted: CalledChannel['kind']) => CALLED.filter((each) => each.kind === wanted);

describe.each([STANDALONE, ON_KAFKA])('providers that call $installation', ({ open, outages }) => {
  let stage: OutageStage;

  beforeAll(async () => {
    stage = await open(CUSTOMERS);
  });

  afterAll(async () => {
    await stage?.close();
  });

  const answersTo = (channel: string, from: number): readonly AnsweredCall[] =>
    stage.scene.door.answered.slice(from).filter(({ inboxId }) => inboxId === stage.scene.inboxOf(channel));

  it('are all played here', () => {
    expect(stage.scene.channels.toSorted()).toEqual(CALLED.map(({ channel }) => channel).toSorted());
  });

  it('are taken while nothing fails', async () => {
    stage.scene.everybodyWrites();
    await stage.scene.vendors.settled();
    for (const called of CALLED) expect(await stage.scene.told(called)).toEqual(stage.scene.expected(called));
  });

  describe.each(outages)('during %s', (outage) => {
    /** What each channel was answered meanwhile. */
    const answers = new Map<string, readonly AnsweredCall[]>();

    beforeAll(async () => {
      const from = stage.scene.door.answered.length;
      await stage.faults[outage]!.begin();
      stage.scene.everybodyWrites();
      const heard = () => CALLED.every(({ channel }) => answersTo(channel, from).length >= CUSTOMERS);
      await eventually('answers to calls of every channel', async () => heard() || undefined);
      for (const { channel } of CALLED) answers.set(channel, answersTo(channel, from));
      await stage.faults[outage]!.end();
      await stage.scene.vendors.settled();
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
      expect(await stage.scene.told(called)).toEqual(stage.scene.expected(called));
    });
  });

  it('what was accepted is what is stored', async () => {
    expect(await reconcile(stage.stored)).toMatchObject({ isClean: true });
  });
});
