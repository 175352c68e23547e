import { serveVendor, type VendorRequest } from './vendor-server.js';

export interface HookStand {
  readonly url: string;
  /** Calls in the order they came. */
  readonly calls: readonly VendorRequest[];
  /** What the next calls are answered; 200 when nothing is left. */
  readonly answers: {
    readonly status: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body: string;
  }[];
  close(): Promise<void>;
}

/** Stands where a desk would be called, and keeps what it is called with. */
export async function hookStand(): Promise<HookStand> {
  const calls: VendorRequest[] = [];
  const answers: HookStand['answers'] = [];
  const server = await serveVendor((request) => {
    calls.push(request);
    return answers.shift() ?? { status: 200, body: '' };
  });
  return { url: `${server.origin}/hooks/x`, calls, answers, close: () => server.close() };
}
