import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { RefusedError, TributaryClient } from '@tributary/client';
import { Calls, COPIES, type Vendor } from './vendor.js';

/** A company's own system, which speaks by our client. */
export async function startCompany(): Promise<Vendor> {
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  const calls = new Calls();
  const channel = 'api';
  let copies = 1;
  return {
    origins: new Map(),
    accounts: [
      {
        channel,
        async open(admin) {
          const inbox = await admin.createInbox({ channel, name: channel, settings: { secret } });
          const client = new TributaryClient({ url: inbox.publicAddress ?? '', secret });
          return {
            inbox,
            write(customer, text) {
              const message = {
                customer: { id: `customer-${customer}` },
                conversation: `c${customer}`,
                text,
              };
              const id = randomUUID();
              for (let copy = 0; copy < copies; copy++) {
                calls.untilTaken(() => client.send(message, { id }).then(() => true, unlessRefused));
              }
            },
          };
        },
      },
    ],
    disturb: () => void (copies = COPIES),
    settled: () => calls.settled(),
    stop: async () => undefined,
  };
}

/** The client has given up; a system with an outbox begins anew. */
function unlessRefused(error: unknown): boolean {
  if (error instanceof RefusedError && (error.status === 0 || error.status >= 500)) return false;
  throw error;
}

/** A bridge to a person's WeChat account: Standard Webhooks, until they are taken. */
export async function startBridge(): Promise<Vendor> {
  const key = randomBytes(32);
  const calls = new Calls();
  const channel = 'wechaty';
  let copies = 1;
  let messages = 0;
  return {
    origins: new Map(),
    accounts: [
      {
        channel,
        async open(admin) {
          const signingSecret = `whsec_${key.toString('base64')}`;
          const settings = {
            riskAccepted: true,
            bridgeUrl: 'https://bridge.customer.example',
            signingSecret,
          };
          const inbox = await admin.createInbox({ channel, name: channel, settings });
          return {
            inbox,
            write(customer, text) {
              const id = String(5_901_000_000_000_000 + ++messages);
              const from = { id: `wxid_${customer}`, name: `Customer ${customer}` };
              const body = JSON.stringify({ kind: 'message', id, at: Date.now(), from, type: 'text', text });
              for (let copy = 0; copy < copies; copy++) {
                calls.untilTaken(() => tell(inbox.publicAddress ?? '', key, `wechaty-${id}`, body));
              }
            },
          };
        },
      },
    ],
    disturb: () => void (copies = COPIES),
    settled: () => calls.settled(),
    stop: async () => undefined,
  };
}

async function tell(url: string, key: Buffer, id: string, body: string): Promise<boolean> {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  const headers = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signature}`,
  };
  const response = await fetch(url, { method: 'POST', headers, body }).catch(() => undefined);
  await response?.arrayBuffer();
  return response?.ok ?? false;
}
