import { errors, jwtVerify } from 'jose';
import type { ChatCustomer } from './chat-session.js';

/** Seconds between the backend's clock and ours. */
const TOLERANCE_S = 60;
/** As it is stored and asked for: a database holds neither NUL nor half a character. */
const USER_ID = /^(?!\s)[^\p{Cc}\p{Cs}]{1,200}(?<!\s)$/u;
const LONGEST_NAME = 200;

/**
 * Who an app's user is, by the word of the company's backend: a JWT with `sub` and `exp`, and `name` if it likes, signed
 * by HS256 and nothing else with the inbox's secret (RFC 8725, 3.1).
 *
 * @returns undefined for a token that is not the backend's, is over, or names nobody.
 */
export async function verifyAppToken(
  secret: unknown,
  token: string,
  now: Date,
): Promise<ChatCustomer | undefined> {
  if (typeof secret !== 'string' || secret.trim() === '') return undefined;
  try {
    const { payload } = await jwtVerify(token, new TextEncoder().encode(secret.trim()), {
      algorithms: ['HS256'],
      clockTolerance: TOLERANCE_S,
      currentDate: now,
      requiredClaims: ['sub', 'exp'],
    });
    const { sub, name } = payload;
    if (typeof sub !== 'string' || !USER_ID.test(sub)) return undefined;
    const named = typeof name === 'string' ? name.trim().slice(0, LONGEST_NAME).toWellFormed() : '';
    return { kind: 'user', id: sub, ...(named === '' ? {} : { name: named }) };
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined;
    throw error;
  }
}
