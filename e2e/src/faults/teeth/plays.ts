import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CodeEdit, FaultRule, ServiceName } from '@tributary/testing';
import { eventually } from '../../system/eventually.js';
import { RECORDING_POINTS, SHORT_LEASES } from './fault-points.js';
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

async function writeAll(stage: Stage): Promise<void> {
  await Promise.all(CUSTOMERS.map((i) => stage.write(i)));
}

export const DIES_BEFORE_APPEND: Play = {
  name: 'the gateway dies with a message that is not in the log',
  service: 'gateway',
  points: [],
  // Time enough for an answer to reach the customer, if one was given.
  rules: (first) => [dies('append', ['inbound.messages ', mark(first, 1)], 300)],
  act: writeAll,
};

export const DIES_BEFORE_EFFECT: Play = {
  name: 'tickets dies with a batch in hand',
  service: 'tickets',
  points: RECORDING_POINTS,
  rules: (first) => [dies('handle', [INBOUND, mark(first, 1)])],
  async act(stage) {
    await writeAll(stage);
    await stage.met(0);
  },
};

export const DIES_BEFORE_COMMIT_OF_OFFSET: Play = {
  name: 'tickets dies after the effects and before the offset',
  service: 'tickets',
  points: RECORDING_POINTS,
  rules: (first) => [dies('handled', [INBOUND, mark(first, 1)])],
  async act(stage) {
    await writeAll(stage);
    await stage.met(0);
  },
};

export const COMMITS_LATE: Play = {
  name: 'a transaction commits later than one that began after it',
  service: 'tickets',
  points: RECORDING_POINTS,
  rules: (first) => [holds('recorded', [mark(first, 1)], 2500)],
  async act(stage) {
    await stage.write(0);
    const { id } = await stage.team[0]!.ticketWhere(
      'of the first customer',
      ({ subject }) => subject === `${stage.first}-1`,
    );
    const late = stage.write(1);
    await stage.met(0);
    await stage.team[0]!.change(id, { priority: 'high' });
    await late;
  },
};

export const BACKLOG_OF_ONE: Play = {
  name: 'a customer wrote three times while tickets stood still',
  service: 'tickets',
  points: RECORDING_POINTS,
  rules: (first) => [holds('record', [mark(first, 0, 2)], 1500)],
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
  rules: () => [{ ...holds('handle', [INBOUND], 1500), often: true }],
  async act(stage) {
    // So many customers that both members will have partitions in which something is in hand.
    await Promise.all(Array.from({ length: 24 }, (_, i) => stage.write(i)));
    await stage.met(0);
    const second = await stage.services.replica('tickets', stage.nodeArgs);
    await eventually('the second tickets has work', async () => {
      const notes = await stage.notes();
      return notes.some(({ member }) => member === String(second.pid)) || undefined;
    });
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
  rules: (first) => [holds('handle', ['router routing.work/', mark(first, 1)], 1500)],
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
