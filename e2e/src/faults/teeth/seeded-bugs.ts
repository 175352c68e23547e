import type { CodeEdit, HistoryReport } from '@tributary/testing';
import * as plays from './plays.js';
import type { Play } from './plays.js';

/** What a report can find. */
export type Finding = Exclude<keyof HistoryReport, 'accepted'>;

/** A mistake that somebody could make, and the play in which it shows. */
export interface SeededBug {
  readonly name: string;
  readonly edits: readonly CodeEdit[];
  readonly play: Play;
  /** Of which at least this has to be found. */
  readonly shows: Finding;
}

const SUBSCRIPTION = 'libs/event-log/dist/embedded/embedded-subscription.js';
const RELAY = 'libs/event-log/dist/outbox-relay.js';

export const SEEDED_BUGS: readonly SeededBug[] = [
  {
    name: 'ack before append',
    play: plays.DIES_BEFORE_APPEND,
    shows: 'lost',
    edits: [
      {
        module: 'libs/channel-host/dist/log-acceptance.js',
        find: 'await this.parts.log.append(records);',
        replace: 'void this.parts.log.append(records);',
      },
    ],
  },
  {
    name: 'offset before effect',
    play: plays.DIES_BEFORE_EFFECT,
    shows: 'lost',
    edits: [
      {
        module: SUBSCRIPTION,
        find: `        const result = await this.#runner.run({`,
        replace: `        await this.#commit(partition, records.at(-1).offset + 1n);
        const result = await this.#runner.run({`,
      },
    ],
  },
  {
    name: 'dedupe off',
    play: plays.DIES_BEFORE_COMMIT_OF_OFFSET,
    shows: 'doubled',
    edits: [
      {
        module: 'apps/tickets/dist/ingestion/inbound.repository.js',
        find: 'JSON.stringify(sorted)',
        replace:
          'JSON.stringify(sorted.map((c) => ({ ...c, provider_event_id: c.provider_event_id + c.message_id })))',
      },
    ],
  },
  {
    name: 'outbox by id order',
    play: plays.COMMITS_LATE,
    shows: 'assignment',
    edits: [
      { module: RELAY, find: `        name: 'outbox_read',\n`, replace: '' },
      {
        module: RELAY,
        find: 'WHERE xid < pg_snapshot_xmin(pg_current_snapshot())',
        replace: 'WHERE id > ${globalThis.lastRead ?? 0}',
      },
      {
        module: RELAY,
        find: `        values: [BATCH_ROWS, BATCH_BYTES],
    });
`,
        replace: `        values: [BATCH_ROWS, BATCH_BYTES],
    });
    globalThis.lastRead = rows.at(-1)?.id ?? globalThis.lastRead;
`,
      },
    ],
  },
  {
    name: 'parallel within a key',
    play: plays.BACKLOG_OF_ONE,
    shows: 'reordered',
    edits: [
      {
        module: 'libs/event-log/dist/shared-work.js',
        find: `        const all = new Map();
`,
        replace: `        const all = new Map();
        const alone = (item) => this.#options.work(this.#options.keyOf(item), [item]);
        for (const done of await Promise.all(items.map(alone))) for (const [item, result] of done) all.set(item, result);
        return all;
`,
      },
    ],
  },
  {
    name: 'release without drain',
    play: plays.SECOND_OWNER_COMES,
    shows: 'fenced',
    edits: [
      {
        module: SUBSCRIPTION,
        find: `        await this.#end(partition);
        this.#owned.delete(partition.row.id);
        await this.#deps.membership.release`,
        replace: `        void this.#end(partition);
        this.#owned.delete(partition.row.id);
        await this.#deps.membership.release`,
      },
    ],
  },
  {
    name: 'quarantine drops bytes',
    play: plays.POISON,
    shows: 'quarantine',
    edits: [
      {
        module: 'apps/tickets/dist/ingestion/quarantine-records.step.js',
        find: 'unreadable.map(({ record }) => record.value)',
        replace: 'unreadable.map(({ record }) => Buffer.from(String(record.value)))',
      },
    ],
  },
  {
    name: 'cursor moves on a short FETCH',
    play: plays.SHORT_ANSWER,
    shows: 'lost',
    edits: [
      {
        module: 'libs/channels/email/dist/fetch.js',
        find: 'if (missing.length > 0) {',
        replace: 'if (false) {',
      },
    ],
  },
  {
    name: 'double assignment',
    play: plays.AGENTS_COME_BACK,
    shows: 'assignedTwice',
    edits: [
      {
        module: 'apps/router/dist/matching/matcher.js',
        find: `        this.lines.leave(waiting.ticketId);
        this.charge(`,
        replace: `        this.charge(`,
      },
    ],
  },
  {
    name: 'unfenced zombie',
    play: plays.STOPPED_AND_REPLACED,
    shows: 'fenced',
    edits: [
      {
        module: 'apps/router/dist/routing.repository.js',
        find: 'filter(([id, epoch]) => now.get(id) !== epoch)',
        replace: 'filter(() => false)',
      },
      {
        module: 'apps/router/dist/routing-pipeline.js',
        find: '            stopWhenAborted(batch);\n',
        replace: '',
      },
    ],
  },
];
