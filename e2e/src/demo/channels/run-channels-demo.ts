import type { ChannelView } from '@tributary/contracts';
import { Desk } from '../../system/desk.js';
import { type RunningSystem, startSystem } from '../../system/running-system.js';
import { Board, type Screen } from '../board.js';
import { Team } from '../team.js';
import type { ChannelPlay, Stage } from './channel-play.js';
import { perform, type Performed } from './perform.js';
import { STAGES } from './stages.js';

export interface ChannelsSummary {
  readonly performed: readonly Performed[];
  /** What went wrong, a channel each, and registered channels that nobody plays. */
  readonly failures: readonly string[];
}

export interface ChannelsDemo {
  /** Names of channels, or `all`. */
  readonly channels: string;
  readonly screen: Screen;
  /** Ends it early. */
  readonly signal: AbortSignal;
  /** Called while everything still runs, with a link that signs the administrator in; a secret. */
  readonly afterwards?: (summary: ChannelsSummary, signInUrl: string) => Promise<void>;
  readonly stages?: readonly (() => Promise<Stage>)[];
}

const PAUSE_MS = 200;

/**
 * Starts simulators of the vendors and a system of its own that knows them, with data of its own, and has a
 * conversation on every channel. All of it is gone at the end.
 */
export async function runChannelsDemo(demo: ChannelsDemo): Promise<ChannelsSummary> {
  const { screen, signal, stages: starts = STAGES } = demo;
  const board = new Board(screen);
  const undo: (() => Promise<unknown>)[] = [];
  try {
    board.say('starting the vendors’ simulators, and a system of its own that knows them');
    const stages = await Promise.all(starts.map((start) => start()));
    undo.push(() => Promise.all(stages.map((stage) => stage.stop())));
    const system = await startSystem({ providerOrigins: originsOf(stages) });
    undo.push(() => system.stop());
    signal.throwIfAborted();
    const admin = await Desk.signIn(system.signInUrl);
    board.say(`Tributary at ${system.url}, workspace “${admin.session.workspace.name}”`);
    const summary = await playAll(board, demo, stages, system, admin);
    const { url } = await admin.signInLink(admin.session.person.email);
    await demo.afterwards?.(summary, url);
    return summary;
  } finally {
    board.end();
    for (const step of undo.toReversed()) await step();
  }
}

function originsOf(stages: readonly Stage[]): string {
  return stages.flatMap(({ origins }) => [...origins].map(([from, to]) => `${from}=${to}`)).join(' ');
}

async function playAll(
  board: Board,
  { channels, signal }: ChannelsDemo,
  stages: readonly Stage[],
  system: RunningSystem,
  admin: Desk,
): Promise<ChannelsSummary> {
  const registered = await admin.call<readonly ChannelView[]>('GET', '/api/channels');
  const { plays, failures } = programme(
    channels,
    registered.map(({ channel }) => channel),
    stages,
  );
  const team = await Team.call(admin);
  board.say(`${team.size} agents come to work for the demo\n`);
  const stream = await admin.stream();
  const rows = plays.map(({ channel, says }) => board.row(`${channel}  ${says}`));
  board.start();
  const performing = plays.map(async (play, at) => {
    await new Promise((resolve) => setTimeout(resolve, at * PAUSE_MS));
    signal.throwIfAborted();
    return perform(play, { admin, team, stream, system }, rows[at]!).catch((error: Error) => {
      rows[at]!('failed', error.message);
      failures.push(`${play.channel}: ${error.message}`);
      return undefined;
    });
  });
  try {
    const performed = await Promise.all(performing);
    return { performed: performed.filter((each) => each !== undefined), failures };
  } finally {
    board.end();
    stream.close();
    await team.leave();
  }
}

/** What is played, in the order of the registry. */
function programme(
  wanted: string,
  registered: readonly string[],
  stages: readonly Stage[],
): { readonly plays: readonly ChannelPlay[]; readonly failures: string[] } {
  const known = new Map<string, ChannelPlay>(
    stages.flatMap(({ plays }) => plays.map((play) => [play.channel, play])),
  );
  const names = wanted === 'all' ? registered : wanted.split(',').map((name) => name.trim());
  const failures = names.flatMap((name) => {
    if (!registered.includes(name)) return [`${name}: no such channel is installed`];
    return known.has(name) ? [] : [`${name}: is installed, and the demo has no play for it`];
  });
  return {
    plays: names.flatMap((name) => (registered.includes(name) ? (known.get(name) ?? []) : [])),
    failures,
  };
}
