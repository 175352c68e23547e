import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { eventually } from './system/eventually.js';
import { reconcile } from './system/reconcile.js';
import { calledChannels } from './vendors/called-channels.js';
import { VendorScene } from './vendors/vendor-scene.js';

jest.setTimeout(240_000);

const CALLED = calledChannels();
const CUSTOMERS = 3;
/** Enough that every channel is in the middle of something. */
const KILL_AFTER_CALLS = 30;

describe('providers that call three times, in any order, while the host is killed', () => {
  let scene: VendorScene;

  beforeAll(async () => {
    scene = await VendorScene.open({ customers: CUSTOMERS });
    scene.disturb();
  });

  afterAll(async () => {
    await scene?.close();
  });

  it('are all played here', () => {
    expect(scene.channels.toSorted()).toEqual(CALLED.map(({ channel }) => channel).toSorted());
  });

  it('have every call taken in the end: before a death, over it, and after it', async () => {
    scene.everybodyWrites();
    await scene.vendors.settled();
    const before = scene.door.answered.length;
    scene.everybodyWrites();
    const settling = scene.vendors.settled();
    await eventually('the host in the middle of its work', async () =>
      scene.door.answered.length >= before + KILL_AFTER_CALLS ? true : undefined,
    );
    scene.system = await scene.system.restartAfterKill();
    await settling;
    scene.everybodyWrites();
    await scene.vendors.settled();
  });

  it.each(CALLED)('$channel: each message is on its ticket once and in order', async (called) => {
    expect(await scene.told(called)).toEqual(scene.expected(called));
  });

  it('what was accepted is what is stored, and nothing twice', async () => {
    expect(await reconcile(scene.system)).toMatchObject({ isClean: true });
    // By now whatever was still on its way is there as well, and no second time.
    for (const called of CALLED) expect(await scene.told(called)).toEqual(scene.expected(called));
  });
});
