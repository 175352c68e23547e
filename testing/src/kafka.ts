import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** Where the set-up of `npm test` puts Kafka's jars. */
const LIBRARY = fileURLToPath(new URL('../../.cache/kafka-4.3.1/lib', import.meta.url));
const START_MS = 90_000;

export interface StartKafkaOptions {
  /** Brokers, each its own JVM and controller as well; 1 by default, 3 to lose one and go on. */
  readonly nodes?: 1 | 3;
  /** Folder with Kafka's jars. */
  readonly library?: string;
  /** Where logs and settings live; a temporary folder that `stop` removes by default. */
  readonly folder?: string;
  /** Ctrl-C in the terminal does not reach it: whoever started it ends it, after its clients. No by default. */
  readonly detached?: boolean;
}

export interface TestKafka {
  /** `host:port` of each node, also of those that are down. */
  readonly brokers: readonly string[];
  /** Ends a node as a power cut would. @param node from 0. */
  kill(node: number): Promise<void>;
  /** Brings a killed node back on its data; resolves when it serves. */
  restart(node: number): Promise<void>;
  /** Ends all nodes and removes their data. */
  stop(): Promise<void>;
}

interface Node {
  readonly id: number;
  readonly port: number;
  readonly controllerPort: number;
  readonly folder: string;
}

/** Starts Apache Kafka in KRaft mode on free ports of 127.0.0.1; resolves when every node serves. */
export async function startKafka(options: StartKafkaOptions = {}): Promise<TestKafka> {
  const { nodes: count = 1, library = LIBRARY, detached = false } = options;
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'tributary-kafka-')));
  const ports = await freePorts(count * 2);
  const nodes = Array.from({ length: count }, (_, i): Node => ({
    id: i + 1,
    port: ports[i * 2]!,
    controllerPort: ports[i * 2 + 1]!,
    folder: join(folder, `node-${i + 1}`),
  }));
  const running: (ChildProcess | undefined)[] = [];
  const stop = async () => {
    await Promise.all(running.map(end));
    if (!options.folder) await rm(folder, { recursive: true, force: true });
  };
  const start = async (index: number) => {
    const child = serve(nodes[index]!, library, detached);
    running[index] = child;
    await serving(child, nodes[index]!.id);
  };
  try {
    await Promise.all(nodes.map((node) => format(node, nodes, library)));
    await Promise.all(nodes.map((_, index) => start(index)));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    brokers: nodes.map((node) => `127.0.0.1:${node.port}`),
    kill: async (node) => end(running[node]),
    restart: start,
    stop,
  };
}

/** A cluster id is 16 bytes in URL-safe base64; every cluster here may have the same, none meets another. */
const CLUSTER_ID = 'dHJpYnV0YXJ5LXRlc3RzIQ';

async function format(node: Node, nodes: readonly Node[], library: string): Promise<void> {
  await mkdir(node.folder, { recursive: true });
  await writeFile(join(node.folder, 'server.properties'), properties(node, nodes));
  await writeFile(join(node.folder, 'log4j2.properties'), LOG4J);
  const child = java(node, library, ['-Xmx128m'], 'kafka.tools.StorageTool', [
    'format',
    '--cluster-id',
    CLUSTER_ID,
    '--config',
    'server.properties',
    '--ignore-formatted',
  ]);
  const output: string[] = [];
  for (const stream of [child.stdout!, child.stderr!])
    createInterface({ input: stream }).on('line', (l) => output.push(l));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`Kafka's storage was not formatted (${code}):\n${output.join('\n')}`);
}

function serve(node: Node, library: string, detached: boolean): ChildProcess {
  return java(node, library, ['-Xms128m', '-Xmx512m'], 'kafka.Kafka', ['server.properties'], detached);
}

function java(
  node: Node,
  library: string,
  flags: readonly string[],
  main: string,
  args: readonly string[],
  detached = false,
): ChildProcess {
  const logging = '-Dlog4j2.configurationFile=log4j2.properties';
  return spawn('java', [...flags, logging, '-cp', join(library, '*'), main, ...args], {
    cwd: node.folder,
    detached,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Kafka says so once the node serves and the controller lets clients come to it. */
async function serving(child: ChildProcess, id: number): Promise<void> {
  const last: string[] = [];
  let timer: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      const told = (line: string) => {
        if (line.includes('Kafka Server started')) resolve();
        last.push(line);
        if (last.length > 40) last.shift();
      };
      for (const stream of [child.stdout!, child.stderr!])
        createInterface({ input: stream }).on('line', told);
      const refuse = (why: string) => reject(new Error(`Kafka node ${id} ${why}:\n${last.join('\n')}`));
      child.once('error', (error) => refuse(error.message));
      child.once('exit', (code) => refuse(`ended with ${code}`));
      timer = setTimeout(() => refuse(`does not serve after ${START_MS} ms`), START_MS);
    });
  } finally {
    clearTimeout(timer);
  }
}

async function end(child: ChildProcess | undefined): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

function properties(node: Node, nodes: readonly Node[]): string {
  const replicas = Math.min(3, nodes.length);
  const listeners = `PLAINTEXT://127.0.0.1:${node.port},CONTROLLER://127.0.0.1:${node.controllerPort}`;
  const settings: Readonly<Record<string, string | number | boolean>> = {
    'process.roles': 'broker,controller',
    'node.id': node.id,
    'controller.quorum.voters': nodes.map((n) => `${n.id}@127.0.0.1:${n.controllerPort}`).join(','),
    listeners,
    'advertised.listeners': listeners,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
    'log.dirs': join(node.folder, 'data'),
    'num.partitions': 4,
    'offsets.topic.replication.factor': replicas,
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': Math.min(2, replicas),
    'transaction.state.log.num.partitions': 4,
    'share.coordinator.state.topic.replication.factor': replicas,
    'share.coordinator.state.topic.min.isr': Math.min(2, replicas),
    'group.initial.rebalance.delay.ms': 0,
    'auto.create.topics.enable': false,
    // Faults are found sooner than by default (9 s), so that tests of them take seconds.
    'broker.session.timeout.ms': 3000,
    'broker.heartbeat.interval.ms': 500,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

const LOG4J = `
rootLogger.level = warn
rootLogger.appenderRef.console.ref = console
logger.server.name = kafka.server.KafkaRaftServer
logger.server.level = info
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d %p %c{1}: %m%n
`;

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      return server;
    }),
  );
  // All are held until all are known, so that none is given twice.
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
