import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CodeEdit, type FaultRule, type ServiceName, startMailServers } from '@tributary/testing';
import { eventually } from '../../system/eventually.js';
import { MAILBOX_POINTS, RECORDING_POINTS, SHORT_LEASES } from './fault-points.js';
import { outboxesAreEmpty } from '../stored-state.js';
import { appendBytes, ownersOf } from './log-tables.js';
import { dies, holds, mark, type Stage } from './stage.js';

/** A little work and the fault that goes with it. Nothing of it depends on which thing happens to be faster. */
export interface Play {
  /** What happens, in a few words. */
  readonly name: string;
  /** Whose process has the fault, and the bug. */
  readonly service: ServiceName;
  /** Points beside those that all have. */
  readonly points: readonly CodeEdit[];
  /** @param first number of the run's first conversation. */
  readonly rules: (first: number) => readonly FaultRule[];
  /** Resolves when all has been sent and the fault has happened. */
  readonly act: (stage: Stage) => Promise<void>;
}

const INBOUND = 'tickets inbound.messages/';
const CUSTOMERS = [0, 1, 2] as const;
/** Of a run; the next one's numbers begin behind them. */
const MOST_CUSTOMERS = 900;
/** In which a relay has read what was committed. */
const RELAY_MS = 4000;

async function writeAll(stage: Stage): Promise<void> {
  await Promise.all(CUSTOMERS.map((i) => stage.write(i)));
}

export const DIES_BEFORE_APPEND: Play = {
  name: 'the gateway dies with a message that is not in the log',
  service: 'gateway',
  points: SHORT_LEASES,
  // Time enough for an answer to reach the customer, if one was given.
  rules: (first) => [dies('append', ['inbound.messages ', mark(first, 1)], 1000)],
  async act(stage) {
    await writeAll(stage);
    await stage.died(0);
  },
};

export const DIES_BEFORE_EFFECT: Play = {
  name: 'tickets dies with a batch in hand',
  service: 'tickets',
  points: [...RECORDING_POINTS, ...SHORT_LEASES],
  rules: (first) => [dies('handle', [INBOUND, mark(first, 1)])],
  async act(stage) {
    await writeAll(stage);
    await stage.died(0);
  },
};

export const DIES_BEFORE_COMMIT_OF_OFFSET: Play = {
  name: 'tickets dies after the effects and before the offset',
  service: 'tickets',
  points: [...RECORDING_POINTS, ...SHORT_LEASES],
  rules: (first) => [dies('handled', [INBOUND, mark(first, 1)])],
  async act(stage) {
    await writeAll(stage);
    await stage.died(0);
  },
};

export const COMMITS_LATE: Play = {
  name: 'a transaction commits later than one that began after it',
  service: 'tickets',
  points: RECORDING_POINTS,
  rules: (first) => [holds('recorded', [mark(first, 1)], 60_000)],
  async act(stage) {
    await stage.write(0);
    const { id } = await stage.team[0]!.ticketWhere(
      'of the first customer',
      ({ subject }) => subject === `${stage.first}-1`,
    );
    const late = stage.write(1);
    await stage.met(0);
    await stage.team[0]!.note(id, 'Called back.');
    // A relay that reads past what it cannot see yet does so now; one that does not leaves the row where it is.
    const end = performance.now() + RELAY_MS;
    while (performance.now() < end && !(await outboxesAreEmpty(stage.services.databaseUrl))) await sleep(50);
    await stage.release(0);
    await late;
  },
};

export const BACKLOG_OF_ONE: Play = {
  name: 'a customer wrote three times while tickets stood still',
  service: 'tickets',
  points: RECORDING_POINTS,
  rules: (first) => [holds('record', [mark(first, 0, 2)], 3000)],
  async act(stage) {
    const page = await stage.write(0);
    await stage.team[0]!.ticketWhere('of the customer', ({ subject }) => subject === `${stage.first}-1`);
    stage.services.kill('tickets', 'SIGSTOP');
    try {
      for (const n of [2, 3, 4]) await stage.write(0, n, page);
    } finally {
      stage.services.kill('tickets', 'SIGCONT');
    }
    await stage.met(0);
  },
};

export const SECOND_OWNER_COMES: Play = {
  name: 'a second tickets joins while batches are in hand',
  service: 'tickets',
  points: RECORDING_POINTS,
  rules: () => [{ ...holds('handle', [INBOUND], 3000), often: true }],
  async act(stage) {
    const joined = stage.services.replica('tickets', stage.nodeArgs);
    const hasWork = async () => {
      const second = String((await joined).pid);
      return (await stage.notes()).some(({ member }) => member === second);
    };
    // Customers go on writing, so that something is in hand in most partitions whenever the second one comes.
    let begun = false;
    const looking = eventually('the second tickets has work', async () => {
      begun = await hasWork();
      return begun || undefined;
    }).finally(() => (begun = true));
    for (let i = 0; !begun && i < MOST_CUSTOMERS; i++) {
      await stage.write(i);
      await sleep(100);
    }
    await looking;
    const second = await joined;
    await sleep(2000);
    await second.stop(20_000);
  },
};

export const POISON: Play = {
  name: 'bytes that nobody can understand lie among the messages',
  service: 'tickets',
  points: RECORDING_POINTS,
  rules: () => [],
  async act(stage) {
    await stage.write(0);
    const bytes = Buffer.from(
      `{"this is":"no envelope","of":${stage.first},"and no UTF-8":"\xff\xfe`,
      'latin1',
    );
    await appendBytes(stage.services.databaseUrl, 'inbound.messages', bytes);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    await stage.history.write({ kind: 'poison', id: `${stage.first}-poison`, sha256 });
    await stage.write(1);
  },
};

export const SHORT_ANSWER: Play = {
  name: 'a mail server answers with fewer mails than it has',
  service: 'email-ingest',
  points: MAILBOX_POINTS,
  rules: () => [{ point: 'imap.answer', when: [], action: { kind: 'tell' } }],
  async act(stage) {
    const servers = await startMailServers();
    try {
      const mailbox = await servers.createMailbox(`box-${stage.first}@faults.example`);
      const put = (raw: Buffer) => servers.put(mailbox.address, raw);
      for (const i of CUSTOMERS) await stage.mail(i, mailbox.address, put);
      await stage.team[0]!.createInbox({
        channel: 'email',
        name: `Mailbox ${stage.first}`,
        settings: {
          ...{ address: mailbox.address, imapHost: '127.0.0.1', imapPort: servers.imapPort, imapTls: 'none' },
          ...{ imapUser: mailbox.user, imapPassword: mailbox.password },
        },
      });
      await stage.met(0);
      // Mails are read in their order: when this one is here, nothing before it can come any more.
      const last = CUSTOMERS.length;
      await stage.mail(last, mailbox.address, put);
      await stage.team[0]!.ticketWhere('of the last mail', ({ subject }) => {
        return subject === `${stage.first + last}-1`;
      });
    } finally {
      await servers.stop();
    }
  },
};

export const AGENTS_COME_BACK: Play = {
  name: 'agents go for a moment and come back',
  service: 'router',
  points: [],
  rules: () => [],
  async act(stage) {
    await writeAll(stage);
    await eventually('the tickets are given', async () => {
      const rows = await stage.team[0]!.tickets('all');
      const given = rows.filter(({ subject, assignee }) => assignee && ofRun(stage, subject));
      return given.length === CUSTOMERS.length || undefined;
    });
    for (const desk of stage.team) {
      await desk.presence('away');
      await desk.presence('available');
    }
  },
};

export const STOPPED_AND_REPLACED: Play = {
  name: 'a router stands still, is replaced, and goes on',
  service: 'router',
  points: SHORT_LEASES,
  rules: (first) => [holds('handle', ['router routing.work/', mark(first, 1)], 3000)],
  async act(stage) {
    const second = await stage.services.replica('router', stage.nodeArgs);
    const { databaseUrl } = stage.services;
    await eventually('both routers have partitions', async () => {
      return (await ownersOf(databaseUrl, 'router')) === 2 || undefined;
    });
    await stage.write(0);
    await stage.team[0]!.ticketWhere('given', ({ subject, assignee }) => {
      return assignee !== null && subject === `${stage.first}-1`;
    });
    await stage.write(1);
    const stopped = await stage.met(0);
    process.kill(stopped, 'SIGSTOP');
    try {
      await eventually('the other router has taken the work over', async () => {
        const notes = await stage.notes();
        const place = notes.findLast(
          ({ member, kind }) => kind === 'begun' && member === String(stopped),
        )!.place;
        const others = notes.filter((each) => each.place === place && each.member !== String(stopped));
        return others.at(-1)?.kind === 'applied' || undefined;
      });
    } finally {
      process.kill(stopped, 'SIGCONT');
    }
    await sleep(2000);
    await second.stop(20_000);
  },
};

function ofRun(stage: Stage, subject: string): boolean {
  return CUSTOMERS.some((i) => subject === `${stage.first + i}-1`);
}
