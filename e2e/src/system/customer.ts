import type { Problem } from '@tributary/contracts';
import { RefusedError } from './desk.js';
import { eventually } from './eventually.js';

/** What a customer's private page shows. */
export interface ProgressPage {
  readonly state: 'received' | 'in_progress' | 'waiting_for_you' | 'solved';
  readonly number: string | null;
  readonly subject: string | null;
  readonly messages: readonly {
    readonly from: 'you' | 'us';
    readonly author: string;
    readonly text: string;
    readonly files: readonly { readonly name: string; readonly size: number }[];
  }[];
}

export type FormFields = Readonly<Record<string, string>>;

/**
 * Sends the form's JSON endpoint one submission.
 *
 * @returns the address of the customer's private page. @throws RefusedError
 */
export async function submitForm(formUrl: string, fields: FormFields, key?: string): Promise<string> {
  const { progressUrl } = await post(`${formUrl}/messages`, fields, key);
  return progressUrl;
}

/** Writes back on the private page. */
export async function answerOnPage(progressUrl: string, text: string, key?: string): Promise<void> {
  await post(`${progressUrl}/messages`, { text }, key);
}

export async function readProgress(progressUrl: string): Promise<ProgressPage> {
  const response = await fetch(`${progressUrl}/thread`);
  if (!response.ok) throw new RefusedError(response.status, (await response.json()) as Problem);
  return (await response.json()) as ProgressPage;
}

/** Waits until the page shows what fits. */
export async function progressUntil(
  progressUrl: string,
  what: string,
  fits: (page: ProgressPage) => boolean,
): Promise<ProgressPage> {
  return eventually(`the customer's page: ${what}`, async () => {
    const page = await readProgress(progressUrl);
    return fits(page) ? page : undefined;
  });
}

async function post(
  url: string,
  fields: FormFields,
  key?: string,
): Promise<{ readonly progressUrl: string }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(key === undefined ? {} : { 'idempotency-key': key }),
    },
    body: JSON.stringify(fields),
  });
  const answer: unknown = await response.json();
  if (!response.ok) throw new RefusedError(response.status, answer as Problem);
  return answer as { readonly progressUrl: string };
}
