import { sameText, sign } from '@tributary/runtime';

/**
 * The secret part of a customer's private page: the submission's id and a mark that only we can make. Its key is
 * another than that of thread tokens: those travel in mail headers, and whoever reads them must not read the page.
 */
export function progressToken(key: Uint8Array, inboxId: string, submissionId: string): string {
  return `${submissionId}.${sign(key, `${inboxId}:${submissionId}`)}`;
}

/** @returns the submission's id, or undefined when the token is not ours. */
export function verifyProgressToken(key: Uint8Array, inboxId: string, token: string): string | undefined {
  const dot = token.lastIndexOf('.');
  const submissionId = token.slice(0, Math.max(0, dot));
  if (submissionId === '') return undefined;
  return sameText(token, progressToken(key, inboxId, submissionId)) ? submissionId : undefined;
}
