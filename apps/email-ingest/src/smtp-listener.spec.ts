import type { HostedInbox } from '@tributary/channel-host';
import type { InboundEvent, PollItem } from '@tributary/channel-sdk';
import { createLogger } from '@tributary/runtime';
import { afterEach, describe, expect, it } from '@jest/globals';
import { connect, type Socket } from 'node:net';
import { createTransport } from 'nodemailer';
import { SmtpListener, type SmtpListenerOptions } from './smtp-listener.js';

const inboxOf = (id: string): HostedInbox => ({
  id,
  workspaceId: 'w',
  channel: 'email',
  name: id,
  settings: {},
});
const inboxes: Readonly<Record<string, HostedInbox>> = {
  'help@acme.example': inboxOf('help'),
  'sales@acme.example': inboxOf('sales'),
};

interface Accepted {
  readonly inbox: string;
  readonly item: PollItem;
  readonly raw: string;
}

let listener: SmtpListener | undefined;
afterEach(() => listener?.close());

interface Faults {
  readonly lookup?: Error;
  readonly accept?: Error;
  readonly parse?: Error;
}

async function startListener(faults: Faults = {}, limits: Partial<SmtpListenerOptions> = {}) {
  const accepted: (Accepted & { readonly events: readonly InboundEvent[] })[] = [];
  const items = new Map<readonly InboundEvent[], PollItem>();
  listener = new SmtpListener(
    { port: 0, ...limits },
    {
      inboxes: {
        byId: async () => undefined,
        ofChannel: async () => [],
        forget: () => undefined,
        async byMailAddress(address) {
          if (faults.lookup) throw faults.lookup;
          return inboxes[address.toLowerCase().replace(/\+[^@]*/, '')];
        },
      },
      inbound: {
        async parse(item) {
          if (faults.parse) throw faults.parse;
          const events: InboundEvent[] = [{ kind: 'ignored', providerEventId: item.id, reason: 'spec' }];
          items.set(events, item);
          return events;
        },
      },
      acceptance: {
        async accept(inbox, raw, events) {
          if (faults.accept) throw faults.accept;
          const item = items.get(events) ?? { id: '', raw };
          accepted.push({ inbox: inbox.id, item, raw: Buffer.from(raw).toString(), events });
          return { messages: 1, receipts: 0, unreadable: 0, changes: 0, ignored: 0 };
        },
      },
      logger: createLogger('spec', 'silent'),
    },
  );
  const port = await listener.listen();
  return {
    port,
    accepted,
    send: (to: string | string[], raw = 'Subject: hi\r\n\r\nhello\r\n', from = 'ann@customer.example') =>
      send(port, to, raw, from),
  };
}

async function send(
  port: number,
  to: string | string[],
  raw: string | Buffer,
  from: string,
): Promise<string> {
  const transport = createTransport({ host: '127.0.0.1', port, ignoreTLS: true });
  try {
    return (await transport.sendMail({ envelope: { from, to }, raw })).response;
  } catch (error) {
    return (error as { response?: string }).response ?? String(error);
  } finally {
    transport.close();
  }
}

describe('the SMTP listener', () => {
  it('takes a mail for an inbox as the bytes it came in', async () => {
    const { accepted, send } = await startListener();
    expect(await send('help@acme.example')).toMatch(/^250 2\.0\.0/);
    expect(accepted).toMatchObject([{ inbox: 'help', raw: 'Subject: hi\r\n\r\nhello\r\n' }]);
  });

  it('tells the channel whom SMTP named: the recipient with its plus part, and the sender', async () => {
    const { accepted, send } = await startListener();
    await send('help+c1.abc@acme.example');
    expect(accepted[0]?.item).toMatchObject({
      recipient: 'help+c1.abc@acme.example',
      sender: 'ann@customer.example',
    });
  });

  it('takes reports, which have no sender', async () => {
    const { port, accepted } = await startListener();
    const client = await Client.open(port);
    await client.say('EHLO x', 'MAIL FROM:<>', 'RCPT TO:<help@acme.example>', 'DATA');
    expect(await client.say('Subject: report\r\n\r\nx\r\n.')).toMatch(/^250/);
    client.end();
    expect(accepted[0]?.item.sender).toBe('');
  });

  it('gives the same mail the same id, so that a second delivery is no second message', async () => {
    const { accepted, send } = await startListener();
    await send('help@acme.example');
    await send('help@acme.example');
    expect(accepted[0]?.item.id).toBe(accepted[1]?.item.id);
  });

  it('refuses a recipient that is no inbox, and takes the mail for the others', async () => {
    const { accepted, send } = await startListener();
    expect(await send('nobody@acme.example')).toMatch(/^550 5\.1\.1/);
    expect(await send(['nobody@acme.example', 'sales@acme.example'])).toMatch(/^250/);
    expect(accepted.map(({ inbox }) => inbox)).toEqual(['sales']);
  });

  it('takes a mail for two inboxes into both, and for two addresses of one inbox once', async () => {
    const { accepted, send } = await startListener();
    await send(['help@acme.example', 'help+c1.abc@acme.example', 'sales@acme.example']);
    expect(accepted.map(({ inbox, item }) => [inbox, item.recipient])).toEqual([
      ['help', 'help+c1.abc@acme.example'],
      ['sales', 'sales@acme.example'],
    ]);
  });

  it('asks the sender to come again when the log is away', async () => {
    const { send } = await startListener({ accept: new Error('no log') });
    expect(await send('help@acme.example')).toMatch(/^451 4\.3\.0/);
  });

  it('asks the sender to come again when inboxes cannot be looked up', async () => {
    const { send } = await startListener({ lookup: new Error('no database') });
    expect(await send('help@acme.example')).toMatch(/^451 4\.3\.0/);
  });

  it('keeps a mail that the channel fails on as unreadable', async () => {
    const { accepted, send } = await startListener({ parse: new Error('never thought of that') });
    expect(await send('help@acme.example')).toMatch(/^250/);
    expect(accepted[0]?.events).toMatchObject([{ kind: 'unreadable', reason: 'PARSE_FAILED' }]);
  });

  it('refuses a mail over the limit, by its announced size and by its bytes', async () => {
    const { port, accepted } = await startListener({}, { maxBytes: 10_000 });
    const client = await Client.open(port);
    await client.say('EHLO x');
    expect(await client.say('MAIL FROM:<a@b.example> SIZE=20000')).toMatch(/^552/);
    await client.say('MAIL FROM:<a@b.example>', 'RCPT TO:<help@acme.example>', 'DATA');
    expect(await client.say(`Subject: x\r\n\r\n${'x'.repeat(70)}\r\n`.repeat(300), '.')).toMatch(
      /^552 5\.3\.4/,
    );
    expect(await client.say('NOOP')).toMatch(/^250/);
    client.end();
    expect(accepted).toEqual([]);
  });

  it('asks the sender to come again when it has its hands full, and takes the mail later', async () => {
    const { port, send } = await startListener({}, { maxHeldBytes: 1000 });
    expect(await send('help@acme.example', `Subject: x\r\n\r\n${'x'.repeat(2000)}\r\n`)).toMatch(
      /^451 4\.3\.1/,
    );
    const slow = await Client.open(port);
    await slow.say('EHLO x', 'MAIL FROM:<a@b.example>', 'RCPT TO:<help@acme.example>', 'DATA');
    slow.write(`${'x'.repeat(70)}\r\n`.repeat(12));
    while ((await send('help@acme.example', `Subject: y\r\n\r\n${'y'.repeat(300)}\r\n`)).startsWith('250')) {
      // Until the slow one's bytes have arrived.
    }
    expect(await slow.say('.')).toMatch(/^250/);
    slow.end();
    expect(await send('help@acme.example', `Subject: z\r\n\r\n${'z'.repeat(800)}\r\n`)).toMatch(/^250/);
  });

  it('takes a mail of 20 MB whole', async () => {
    const { port, accepted } = await startListener();
    const raw = Buffer.from(`Subject: x\r\n\r\n${`${'x'.repeat(76)}\r\n`.repeat(268_000)}`);
    expect(await send(port, 'help@acme.example', raw, 'a@b.example')).toMatch(/^250/);
    expect(accepted[0]?.raw.length).toBe(raw.length);
  });

  it('takes fifty mails at a time, each once', async () => {
    const { accepted, send } = await startListener();
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, at) => send('help@acme.example', `Subject: ${at}\r\n\r\nhi\r\n`)),
    );
    expect(answers.filter((answer) => answer.startsWith('250'))).toHaveLength(50);
    expect(new Set(accepted.map(({ item }) => item.id)).size).toBe(50);
    expect(accepted).toHaveLength(50);
  });

  it('offers no sign-in', async () => {
    const { port } = await startListener();
    const client = await Client.open(port);
    expect(await client.say('EHLO x')).not.toMatch(/AUTH|STARTTLS/);
    client.end();
  });

  it('has nothing of a mail whose sender went away in its middle', async () => {
    const { port, accepted, send } = await startListener();
    const client = await Client.open(port);
    await client.say('EHLO x', 'MAIL FROM:<a@b.example>', 'RCPT TO:<help@acme.example>', 'DATA');
    client.write('Subject: half\r\n\r\nhel');
    client.destroy();
    expect(await send('help@acme.example')).toMatch(/^250/);
    expect(accepted.map(({ raw }) => raw)).toEqual(['Subject: hi\r\n\r\nhello\r\n']);
  });

  it('closes although a client stays connected', async () => {
    const { port } = await startListener();
    const client = await Client.open(port);
    await client.say('EHLO x');
    await expect(listener!.close()).resolves.toBeUndefined();
    listener = undefined;
    client.destroy();
  });
});

/** SMTP by hand, for what a mail library does not do. */
class Client {
  #answer = '';

  private constructor(private readonly socket: Socket) {
    socket.on('data', (chunk: Buffer) => (this.#answer += chunk.toString()));
    socket.on('error', () => undefined);
  }

  static async open(port: number): Promise<Client> {
    const client = new Client(connect(port, '127.0.0.1'));
    await client.#answered();
    return client;
  }

  /** @returns the answer to the last line. */
  async say(...lines: string[]): Promise<string> {
    let answer = '';
    for (const line of lines) {
      this.#answer = '';
      this.socket.write(`${line}\r\n`);
      if (!line.endsWith('\r\n')) answer = await this.#answered();
    }
    return answer;
  }

  write(text: string): void {
    this.socket.write(text);
  }

  end(): void {
    this.socket.end('QUIT\r\n');
  }

  destroy(): void {
    this.socket.destroy();
  }

  async #answered(): Promise<string> {
    while (!/^\d{3} .*\r\n$/m.test(this.#answer)) await new Promise((resolve) => setTimeout(resolve, 2));
    return this.#answer;
  }
}
