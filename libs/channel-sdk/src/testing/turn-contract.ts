import { expect, it } from '@jest/globals';
import type { CallDoor } from '../channel.js';
import { type ChannelFixtures, comparableEvents, seeded } from './channel-fixtures.js';

/** What a caller hears depends on the turn alone, and there is always something. */
export function describeTurns(
  door: CallDoor,
  { inbox, recorded, inputOf, now = new Date() }: ChannelFixtures<'call'>,
): void {
  const answer = (request: (typeof recorded)[number]['input'], isKept = true) =>
    door.answer({ request, inbox, now, isKept });

  it.each(recorded)('$name twice alike, and leaves the turn as it was', ({ input }) => {
    const before = structuredClone(input);
    expect(answer(input)).toEqual(answer(input));
    expect(input).toEqual(before);
  });

  it.each(recorded)('$name also when nothing could be kept, or asks for a report once more', ({ input }) => {
    const { status, body } = answer(input, false);
    expect([200, 503]).toContain(status);
    expect(body).not.toBe('');
  });

  it('what strangers say, without an exception', () => {
    const random = seeded(20_261_126);
    for (let round = 0; round < 150; round++) {
      const bytes = Uint8Array.from({ length: Math.floor(random() * 500) }, () => Math.floor(random() * 256));
      expect(answer(inputOf(bytes), round % 2 === 0)).toHaveProperty('body');
    }
  });

  it('and reads what the provider has on record, of whatever form it is', async () => {
    const random = seeded(20_261_127);
    for (let round = 0; round < 50; round++) {
      const raw = Uint8Array.from({ length: Math.floor(random() * 500) }, () => Math.floor(random() * 256));
      const events = await door.catchUp.parse({ id: 'item', raw }, inbox);
      expect(events.length).toBeGreaterThan(0);
      expect(comparableEvents(events)).toEqual(
        comparableEvents(await door.catchUp.parse({ id: 'item', raw }, inbox)),
      );
    }
  });
}
