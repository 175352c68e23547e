import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

const RANDOM_BYTES = 16;
/** Random bytes are asked for in stock: a call for each id costs more than the id. */
const stock = new Uint8Array(256 * RANDOM_BYTES);
let used = stock.length;
let millisecond = 0;
let sequence = 0;

/** A new UUIDv7: unique, and within this process in the order they were made (RFC 9562, 6.2, method 1). */
export function newId(): string {
  const random = takeRandom();
  const now = Date.now();
  if (now > millisecond) {
    millisecond = now;
    // Half of the numbers stay free, to count up from here.
    sequence = new DataView(random.buffer, random.byteOffset).getUint32(0) >>> 1;
  } else {
    sequence = (sequence + 1) >>> 0;
    if (sequence === 0) millisecond += 1;
  }
  return v7({ random, msecs: millisecond, seq: sequence });
}

function takeRandom(): Uint8Array {
  if (used === stock.length) {
    randomFillSync(stock);
    used = 0;
  }
  return stock.subarray(used, (used += RANDOM_BYTES));
}
