import type { CodeEdit } from '@tributary/testing';

/**
 * The places in the build at which something can happen to a process, each named where it is. They stand in every run,
 * with and without a seeded bug, and do nothing that a run's rules do not ask for.
 */
export const POINTS: readonly CodeEdit[] = [
  // `append`: nothing is in the log yet.
  {
    module: 'libs/event-log/dist/embedded/embedded-event-log.js',
    find: `    append(records) {
        return this.#commits.append(records);`,
    replace: `    async append(records) {
        await faults.reach('append', records.map(({ topic, value }) => topic + ' ' + Buffer.from(value)).join(' '));
        return this.#commits.append(records);`,
  },
  // `handle`: a batch is about to be handled. `handled`: its effects are durable, its offset has not moved.
  {
    module: 'libs/event-log/dist/consumer-runner.js',
    find: `this.#count(batch, await this.#options.handler(batch));`,
    replace: `
                const place = this.#options.group + ' ' + batch.topic + '/' + batch.partition;
                const epoch = Number(batch.epoch);
                const said = place + ' ' + batch.records.map(({ value }) => String(value)).join(' ');
                faults.note({ kind: 'begun', place, epoch });
                await faults.reach('handle', said);
                this.#count(batch, await this.#options.handler(batch));
                faults.note({ kind: 'applied', place, epoch });
                await faults.reach('handled', said);`,
  },
];

/** Of `tickets`. `record`: a transaction has begun. `recorded`: all is written, and it is about to commit. */
export const RECORDING_POINTS: readonly CodeEdit[] = [
  {
    module: 'apps/tickets/dist/ingestion/inbound-pipeline.js',
    find: `        const repository = new InboundRepository(manager, workspaceId);
        const changes = new ChangeSet(workspaceId, now);`,
    replace: `        const said = items.map(({ record }) => String(record.value)).join(' ');
        await faults.reach('record', said);
        const repository = new InboundRepository(manager, workspaceId);
        const changes = new ChangeSet(workspaceId, now);`,
  },
  {
    module: 'apps/tickets/dist/ingestion/inbound-pipeline.js',
    find: `        return new Map(items.map((item, i) => [item, outcomes[i]]));`,
    replace: `        await faults.reach('recorded', said);
        return new Map(items.map((item, i) => [item, outcomes[i]]));`,
  },
];

/** Of `email-ingest`. `imap.answer`: the server has answered with several mails; told, the last one is not among them. */
export const MAILBOX_POINTS: readonly CodeEdit[] = [
  {
    module: 'libs/channels/email/dist/fetch.js',
    find: `    return new Map(messages.map((message) => [message.uid, message]));`,
    replace: `    if (query.source && messages.length > 1 && (await faults.reach('imap.answer', ''))) messages.pop();
    return new Map(messages.map((message) => [message.uid, message]));`,
  },
];

/** A consumer that stands still has lost its partitions after so long, in place of 15 s. */
export const SHORT_LEASES: readonly CodeEdit[] = [
  {
    module: 'libs/event-log/dist/embedded/embedded-event-log.js',
    find: `leaseMs = 15_000`,
    replace: `leaseMs = 4_000`,
  },
];
