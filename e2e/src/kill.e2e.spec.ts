import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { submitForm } from './system/customer.js';
import { Desk, messagesOf } from './system/desk.js';
import { eventually } from './system/eventually.js';
import { type RunningSystem, startSystem } from './system/running-system.js';

jest.setTimeout(300_000);

const POSTS = 200;
const AT_ONCE = 8;
const KILL_AFTER = 60;

let system: RunningSystem;
let admin: Desk;
let formUrl: string;

beforeAll(async () => {
  system = await startSystem();
  admin = await Desk.signIn(system.signInUrl);
  formUrl = (await admin.inboxOf('web_form')).publicAddress ?? '';
});

afterAll(async () => {
  await system?.stop();
});

/** As a careful client does: the same key until an answer says that it was accepted. */
async function submitUntilAccepted(text: string): Promise<void> {
  const key = randomUUID();
  const fields = { email: `customer-${text.slice(-1)}@customers.example`, subject: text, text };
  await eventually(
    `${text} accepted`,
    () => submitForm(formUrl, fields, key).catch(() => undefined),
    120_000,
  );
}

describe('a system that is killed in the middle of its work', () => {
  it('has every accepted message exactly once when it is back', async () => {
    const texts = Array.from({ length: POSTS }, (_, i) => `Message ${String(i).padStart(3, '0')}`);
    const waiting = [...texts];
    let accepted = 0;
    let restarted: Promise<RunningSystem> | undefined;
    const client = async (): Promise<void> => {
      for (let text = waiting.shift(); text !== undefined; text = waiting.shift()) {
        await submitUntilAccepted(text);
        accepted += 1;
        if (accepted === KILL_AFTER) restarted = system.restartAfterKill();
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, client));
    system = await restarted!;

    const rows = await eventually(
      'a ticket of every message',
      async () => {
        const found = await admin.allTickets();
        return found.length >= POSTS ? found : undefined;
      },
      60_000,
    );
    const stored: string[] = [];
    for (const { id } of rows) stored.push(...messagesOf(await admin.ticket(id)).map(({ text }) => text));
    expect(stored.toSorted()).toEqual(texts);
  });
});
