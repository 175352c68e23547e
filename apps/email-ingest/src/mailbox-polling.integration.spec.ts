import { channelMigrations, DatabaseCursorStore, type HostedInbox, Poller } from '@tributary/channel-host';
import { unreachablePorts } from '@tributary/channel-sdk/testing';
import { CHANNEL_MODULES } from '@tributary/channel-registry';
import { connectDataSource } from '@tributary/database';
import { type TestDatabase, testDatabase } from '@tributary/database/testing';
import { createLogger, newId, systemClock } from '@tributary/runtime';
import { type MailServers, startMailServers } from '@tributary/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

let servers: MailServers;
let database: TestDatabase;
let dataSource: Awaited<ReturnType<typeof connectDataSource>>;
let poller: Poller | undefined;

beforeAll(async () => {
  database = await testDatabase([channelMigrations]);
  dataSource = await connectDataSource({ url: database.url, service: 'ingest' });
  servers = await startMailServers();
});
afterEach(() => poller?.stop());
afterAll(async () => {
  await servers?.stop();
  await dataSource?.destroy();
  await database?.drop();
});

const aMail = (subject: string) =>
  Buffer.from(`From: ann@customer.example\r\nSubject: ${subject}\r\n\r\nhi\r\n`);

/** A mailbox of its own, polled into a list; `subjects` in the order they were accepted. */
async function polledInbox(cursors = new DatabaseCursorStore(dataSource)) {
  const mailbox = await servers.createMailbox(`help-${newId()}@acme.example`);
  const inbox: HostedInbox = {
    id: newId(),
    workspaceId: newId(),
    channel: 'email',
    name: 'Support',
    settings: {
      address: mailbox.address,
      imapHost: '127.0.0.1',
      imapPort: servers.imapPort,
      imapTls: 'none',
      imapUser: mailbox.user,
      imapPassword: mailbox.password,
    },
  };
  const inbound = CHANNEL_MODULES.find(({ manifest }) => manifest.channel === 'email')?.inbound;
  if (inbound?.kind !== 'poll') throw new Error('e-mail is polled');
  const accepted: { readonly id: string; readonly subject: string }[] = [];
  poller = new Poller({
    inbound,
    cursors,
    ports: () => unreachablePorts,
    acceptance: {
      async accept(_inbox, _raw, events) {
        for (const event of events) {
          if (event.kind === 'message')
            accepted.push({ id: event.providerEventId, subject: event.subject ?? '' });
        }
        return { messages: events.length, receipts: 0, unreadable: 0, changes: 0, ignored: 0 };
      },
    },
    clock: systemClock,
    logger: createLogger('spec', 'silent'),
    random: () => 0,
  });
  await poller.watch(inbox);
  const until = async (count: number) => {
    while (accepted.length < count) await new Promise((resolve) => setTimeout(resolve, 10));
  };
  return {
    address: mailbox.address,
    accepted,
    until,
    subjects: () => accepted.map(({ subject }) => subject),
  };
}

describe('polling a real mailbox', () => {
  it('loses and doubles nothing while the server ends the session again and again', async () => {
    const { address, until, subjects } = await polledInbox();
    const expected = Array.from({ length: 6 }, (_, at) => `mail ${at}`);
    for (const [at, subject] of expected.entries()) {
      await servers.put(address, aMail(subject));
      await until(at + 1);
      await servers.kick(address).catch(() => undefined);
    }
    expect(subjects()).toEqual(expected);
  });

  it('accepts a mail again under the same id when its cursor was not stored', async () => {
    const cursors = new DatabaseCursorStore(dataSource);
    const save = cursors.save.bind(cursors);
    let failures = 1;
    cursors.save = async (inbox, cursor) => {
      if (failures-- > 0) throw new Error('the database is away');
      await save(inbox, cursor);
    };
    const { address, accepted, until } = await polledInbox(cursors);
    await servers.put(address, aMail('one'));
    await until(2);
    expect(accepted[1]).toEqual(accepted[0]);
  });

  it('accepts everything again under the same ids when the server renumbers the mailbox', async () => {
    const { address, accepted, until } = await polledInbox();
    await servers.put(address, aMail('one'), aMail('two'));
    await until(2);
    await servers.renumber(address);
    await until(4);
    const ids = accepted.map(({ id }) => id);
    expect(ids.slice(2).toSorted()).toEqual(ids.slice(0, 2).toSorted());
  });
});
