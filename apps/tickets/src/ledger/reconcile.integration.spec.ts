import { rm, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { inboundMessages } from '@tributary/contracts';
import { createEventLog, type EventLog, type Subscription } from '@tributary/event-log';
import { describeObject } from '@tributary/object-store';
import { createLogger, newId, systemClock } from '@tributary/runtime';
import {
  aChange,
  aMediaStored,
  aMessage,
  anUnreadableMessage,
  type MessageBuilder,
  type TestInbox,
} from '../testing/a-message.js';
import { TestDesk, type TestWorkspace } from '../testing/a-desk.js';
import { reconcile, type ReconcileOptions } from './reconcile.js';
import { reportText } from './report-text.js';

jest.setTimeout(60_000);
const OPTIONS: ReconcileOptions = { objects: 'all', settleMs: 20_000 };

describe('the account of what was accepted', () => {
  let desk: TestDesk;
  let log: EventLog;
  let consumer: Subscription;
  let workspace: TestWorkspace;
  let inbox: TestInbox;

  beforeEach(async () => {
    desk = await TestDesk.open();
    const { url } = desk.database;
    const logger = createLogger('spec', 'silent');
    log = createEventLog({ driver: 'embedded', url, service: 'tickets', logger, clock: systemClock });
    await log.admin.ensureTopics([inboundMessages]);
    consumer = await consume();
    workspace = await desk.workspace();
    inbox = workspace.inbox();
    await accept(
      await stored(aMessage().inInbox(inbox).delivered('first').called('<1@x>')),
      await stored(aMessage().inInbox(inbox).delivered('first')),
      await stored(aMessage().inInbox(inbox).from('bob@example.org')),
      aMessage()
        .inInbox(inbox)
        .with({ raw: inline('few bytes') })
        .encoded(),
    );
    await accept(Buffer.from('no envelope'), anUnreadableMessage(inbox, { raw: await raw('garbage') }));
    await recorded();
    const agent = await workspace.person('Li');
    const [ticket] = await workspace.tickets();
    await desk.commands.addMessage(agent, {
      ...{ ticketId: String(ticket!['id']), direction: 'outbound', text: 'Hello', uploadIds: [] },
      idempotencyKey: newId(),
    });
    desk.clock.advance(10 * 60_000);
    // What stands in the outbox is carried away in the real system.
    await desk.owner.query('DELETE FROM tickets.outbox');
  });
  afterEach(async () => {
    await consumer.stop();
    await log.close();
    await desk.end();
  });

  it('is even: every record has its disposition, every message its record and its bytes', async () => {
    const report = await run();
    expect(report.differences).toEqual([]);
    expect(report.differenceCount).toBe(0);
    const sum = (column: 'accepted' | 'messages' | 'duplicates' | 'quarantined') =>
      report.rows.reduce((total, row) => total + row[column], 0);
    expect([sum('accepted'), sum('messages'), sum('duplicates'), sum('quarantined')]).toEqual([6, 3, 1, 2]);
    // Three raw objects, the file of the unreadable one, and what stands in a row.
    expect(report.objectsChecked).toBe(5);
    expect(reportText(report)).toMatch(/^workspace +partition +accepted .*\ndifferences: 0\n$/s);
  });

  it('is even with edits, deletes, reactions, consents, albums and files, known or not, each counted', async () => {
    const chat = workspace.inbox('telegram');
    const photo = (id: string) => aMessage().inInbox(chat).delivered(id).called(id).inAlbum('g').leaving('f');
    const at = async (content: string) => ({ raw: await raw(content) });
    await accept(await stored(photo('p1')), await stored(photo('p2')));
    await accept(
      aChange(chat, 'message.edited', { externalId: 'p1', text: 'x', ...(await at('edit')) }),
      aChange(chat, 'message.edited', { externalId: 'none', text: 'x', raw: inline('edit of nothing') }),
      aChange(chat, 'message.deleted', { externalId: 'p2', ...(await at('delete')) }),
      aChange(chat, 'message.reacted', { externalId: 'p1', reaction: '👍', ...(await at('reaction')) }),
      aChange(chat, 'consent.changed', { consent: 'withdrawn', ...(await at('consent')) }),
      aMediaStored(chat, { providerEventId: 'p1', mediaId: 'f', reason: 'too_large' }),
      aMediaStored(chat, { providerEventId: 'p1', mediaId: 'f', reason: 'too_large' }),
      aMediaStored(chat, { providerEventId: 'none', mediaId: 'f', reason: 'too_large' }),
    );
    await recorded();
    const report = await run();
    expect(report.differences).toEqual([]);
    expect(report.rows.reduce((total, row) => total + row.changes, 0)).toBe(8);
    expect(report.rows.reduce((total, row) => total + row.duplicates, 0)).toBe(2);
  });

  it('is even in a workspace that nobody has registered', async () => {
    const unknown = { ...inbox, workspaceId: newId() };
    await accept(await stored(aMessage().inInbox(unknown)));
    await recorded();
    expect(await run()).toMatchObject({
      differences: [],
      rows: expect.arrayContaining([expect.objectContaining({ workspace: unknown.workspaceId })]),
    });
  });

  it.each([
    [
      'a line of the ledger is gone',
      `DELETE FROM tickets.ledger WHERE disposition = 'duplicate'`,
      ['no_disposition'],
    ],
    [
      'the line of a message is gone',
      `DELETE FROM tickets.ledger WHERE disposition = 'quarantined'`,
      ['no_disposition', 'receipt_without_record'],
    ],
    ['bytes that were kept are gone', `DELETE FROM tickets.quarantined_record`, ['no_disposition']],
    [
      'a record has two dispositions',
      `INSERT INTO tickets.quarantined_record SELECT partition, log_offset, 'X', '', '' FROM tickets.ledger WHERE disposition = 'duplicate'`,
      ['two_dispositions'],
    ],
    [
      'a line stands where the log has no record',
      `UPDATE tickets.ledger SET log_offset = log_offset + 1000 WHERE disposition = 'duplicate'`,
      ['no_disposition'],
    ],
    [
      'the log has lost a record',
      `DELETE FROM log.record WHERE value = convert_to('no envelope', 'UTF8')`,
      ['no_record'],
    ],
    [
      'a line is about another delivery',
      `UPDATE tickets.ledger SET provider_event_id = 'other' WHERE disposition = 'duplicate'`,
      ['other_delivery'],
    ],
    [
      'a receipt is gone',
      `DELETE FROM tickets.inbound_receipt WHERE provider_event_id = 'first'`,
      ['message_without_receipt', 'no_receipt'],
    ],
    [
      'a message is gone',
      `SET session_replication_role = replica; DELETE FROM tickets.message WHERE quarantine_reason IS NOT NULL`,
      ['no_message'],
    ],
    [
      'a message has two receipts',
      `INSERT INTO tickets.inbound_receipt SELECT workspace_id, inbox_id, 'again', message_id FROM tickets.inbound_receipt WHERE provider_event_id = 'first'`,
      ['message_of_two_receipts', 'receipt_without_record'],
    ],
    [
      'a receipt has two records that are no duplicates',
      `UPDATE tickets.ledger SET disposition = 'message' WHERE disposition = 'duplicate'`,
      ['other_bytes', 'receipt_of_two_records'],
    ],
    [
      'a message was made of nothing',
      `INSERT INTO tickets.message (id, workspace_id, conversation_id, ticket_id, direction, channel, author_kind,
         author_name, text, unverified_sender, automatic, at)
       SELECT gen_random_uuid(), workspace_id, conversation_id, ticket_id, direction, channel, author_kind,
         author_name, text, unverified_sender, automatic, at FROM tickets.message WHERE direction = 'inbound' LIMIT 1`,
      ['message_without_receipt'],
    ],
    [
      'a message names other bytes',
      `UPDATE tickets.message SET raw_sha256 = (SELECT raw_sha256 FROM tickets.message WHERE quarantine_reason IS NOT NULL),
         raw_key = (SELECT raw_key FROM tickets.message WHERE quarantine_reason IS NOT NULL)
       WHERE external_id = '<1@x>'`,
      ['other_bytes'],
    ],
    [
      'bytes in a row were damaged',
      `UPDATE tickets.message SET raw = 'other' WHERE raw IS NOT NULL`,
      ['object_damaged'],
    ],
    ['a reply has no delivery', `DELETE FROM tickets.delivery`, ['outbound_without_delivery']],
    [
      'the outbox is stuck',
      `INSERT INTO tickets.outbox (topic, key, value) SELECT 't', 'k', convert_to(json_build_object(
         'workspaceId', workspace_id, 'occurredAt', '2026-11-23T09:00:00Z')::text, 'UTF8') FROM tickets.ticket LIMIT 1`,
      ['outbox_waits'],
    ],
  ])('shows when %s', async (_, damage, kinds) => {
    await desk.owner.query(damage);
    const report = await run();
    expect([...new Set(report.differences.map(({ kind }) => kind))].toSorted()).toEqual(kinds);
    expect(report.differenceCount).toBeGreaterThan(0);
    expect(reportText(report)).toContain(`differences: ${report.differenceCount}`);
  });

  it.each([
    ['is gone', `DELETE FROM tickets.inbound_change`, ['no_message']],
    [
      'has no receipt',
      `DELETE FROM tickets.inbound_receipt WHERE change_id IS NOT NULL`,
      ['change_without_receipt', 'no_receipt'],
    ],
    ['has other bytes', `UPDATE tickets.inbound_change SET raw = 'other'`, ['object_damaged']],
    [
      'names other bytes',
      `UPDATE tickets.inbound_change SET raw_sha256 = 'x'`,
      ['object_damaged', 'other_bytes'],
    ],
  ])('shows when a change %s', async (_, damage, kinds) => {
    await accept(aChange(inbox, 'message.deleted', { externalId: '<1@x>', raw: inline('delete') }));
    await recorded();
    await desk.owner.query(damage);
    const { differences } = await run();
    expect([...new Set(differences.map(({ kind }) => kind))].toSorted()).toEqual(kinds);
  });

  it('shows an object that is missing, and one that was damaged', async () => {
    const [first, third] = (await workspace.messages())
      .filter(
        ({ raw_key, raw: kept, external_id, quarantine_reason }) =>
          raw_key && !kept && (external_id || quarantine_reason),
      )
      .map((message) => String(message['raw_key']));
    await rm(`${desk.objectFolder}/${first}`);
    await writeFile(`${desk.objectFolder}/${third}`, 'other');
    const report = await run();
    expect(report.differences.map(({ kind, where }) => `${kind} ${where.split(' ')[0]}`).toSorted()).toEqual([
      'object_damaged attachment',
      'object_damaged message',
      'object_missing message',
    ]);
    expect((await run({ objects: 'none' })).differences).toEqual([]);
  });

  it('waits for what was accepted a moment ago, and shows what nobody records', async () => {
    await consumer.stop();
    await accept(await stored(aMessage().inInbox(inbox)));
    expect((await run({ settleMs: 0 })).differences).toMatchObject([{ kind: 'record_waits' }]);
    const later = run();
    consumer = await consume();
    expect((await later).differences).toEqual([]);
  });

  it('changes nothing', async () => {
    const before = await Promise.all([
      workspace.messages(),
      workspace.rows('ledger', 'log_offset'),
      workspace.rows('event', 'id'),
    ]);
    await run();
    expect(
      await Promise.all([
        workspace.messages(),
        workspace.rows('ledger', 'log_offset'),
        workspace.rows('event', 'id'),
      ]),
    ).toEqual(before);
  });

  const run = (options: Partial<ReconcileOptions> = {}) =>
    reconcile({ ...desk.context, log }, { ...OPTIONS, ...options });
  const consume = () =>
    log.subscribe({
      ...{ group: 'tickets', topic: inboundMessages.name, handler: (batch) => desk.inbound.handle(batch) },
      onFailure: (error) => {
        throw error;
      },
    });
  const inline = (content: string) => ({
    ...describeObject(inbox.workspaceId, Buffer.from(content)),
    content: Buffer.from(content).toString('base64'),
  });
  const raw = (content: string) => desk.context.objects.put(inbox.workspaceId, Buffer.from(content));
  const stored = async (message: MessageBuilder) => message.with({ raw: await raw(newId()) }).encoded();
  const accept = (...values: Buffer[]) =>
    log.append(values.map((value) => ({ topic: inboundMessages.name, key: inbox.id, value })));
  const recorded = async () => {
    const behind = async () =>
      (await log.admin.lag('tickets', inboundMessages.name)).some(
        ({ committed, end }) => (committed ?? 0n) < end,
      );
    while (await behind()) await new Promise((resolve) => setTimeout(resolve, 20));
  };
});
