import { describe, it } from '@jest/globals';
import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { parseMail } from './parse.js';

const folder = new URL('../fixtures/', import.meta.url);
const mails = readdirSync(folder)
  .filter((name) => name.endsWith('.eml'))
  .map((name) => Uint8Array.from(readFileSync(new URL(name, folder))));
const inbox = { id: 'i', name: 'n', settings: { address: 'help@acme.example' } };

/** A mail as programs, relays and attackers leave it: bytes changed, cut, doubled, or two mails in one. */
const damagedMail = fc
  .tuple(
    fc.constantFrom(...mails),
    fc.constantFrom(...mails),
    fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 8 }),
    fc.nat(),
  )
  .map(([first, second, changes, cut]) => {
    const bytes = Buffer.concat([first.subarray(0, cut % (first.length + 1)), second]);
    if (bytes.length > 0) for (const [at, value] of changes) bytes[at % bytes.length] = value;
    return bytes;
  });

describe('a damaged mail', () => {
  it('has exactly one outcome besides receipts, and never an exception', async () => {
    await fc.assert(
      fc.asyncProperty(damagedMail, async (raw) => {
        const events = await parseMail({ id: 'x', raw }, inbox);
        return events.filter(({ kind }) => kind !== 'receipt').length === 1;
      }),
      { numRuns: 400 },
    );
  });
});
