import { createHash } from 'node:crypto';
import { encodeRecord, inboundMessages, type MessageReceived } from '@tributary/contracts';
import { createEventLog, type EventLog, type NewRecord } from '@tributary/event-log';
import { createLogger, newId, systemClock } from '@tributary/runtime';
import type { Post } from './http-load.js';
import type { MeasuredSystem } from './measured-system.js';

/** Records of one append: what a busy adapter gathers. */
const AT_ONCE = 250;

/** The log of a measured system, for records that pass by the door. */
export function logOf({ databaseUrl, brokers }: MeasuredSystem): EventLog {
  const shared = { logger: createLogger('bench', 'warn', process.stderr), clock: systemClock };
  return brokers === undefined
    ? createEventLog({ driver: 'embedded', url: databaseUrl, service: 'gateway', ...shared })
    : createEventLog({ driver: 'kafka', brokers: brokers.split(','), clientId: 'bench', ...shared });
}

/** Appends what the form's channel makes of the posts. @returns how many; all are durable by then. */
export async function appendPosts(
  log: EventLog,
  { inboxId, desk }: MeasuredSystem,
  next: () => Post | undefined,
): Promise<number> {
  const workspaceId = desk.session.workspace.id;
  let appended = 0;
  for (;;) {
    const records: NewRecord[] = [];
    for (let post = next(); post; post = records.length < AT_ONCE ? next() : undefined) {
      records.push(recordOf(post.body, inboxId, workspaceId));
    }
    if (records.length === 0) return appended;
    await log.append(records);
    appended += records.length;
  }
}

function recordOf(body: string, inboxId: string, workspaceId: string): NewRecord {
  const { name, email, subject, text } = JSON.parse(body) as Readonly<Record<string, string>>;
  const sha256 = createHash('sha256').update(body).digest('hex');
  const now = new Date().toISOString();
  const payload: MessageReceived = {
    inboxId,
    channel: 'web_form',
    providerEventId: sha256,
    externalId: sha256,
    from: { kind: 'email', value: email!, name },
    thread: { tokens: [], references: [], ticketNumbers: [] },
    subject,
    text: text!,
    attachments: [],
    raw: {
      key: `${workspaceId}/${sha256.slice(0, 2)}/${sha256}`,
      sha256,
      size: Buffer.byteLength(body),
      content: Buffer.from(body).toString('base64'),
    },
    automatic: false,
    fields: {},
    receivedAt: now,
  };
  return {
    topic: inboundMessages.name,
    key: `${inboxId}:email:${email}`,
    value: encodeRecord({
      ...{ id: newId(), type: 'message.received', version: 1, workspaceId, occurredAt: now },
      payload,
    }),
  };
}
