import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedServer, type EmbeddedServer } from '../embedded-server.js';
import { prepareDatabase } from '../prepare.js';
import { TEST_SERVER_VARIABLES } from './test-database.js';

/** Where Debian puts the binaries of `postgresql-15`. */
const DEBIAN_15 = '/usr/lib/postgresql/15';

/**
 * Starts one throw-away server of each PostgreSQL version for a whole test run, and tells `testDatabase` where.
 *
 * @returns stops them and removes their files.
 */
export async function startTestServers(): Promise<() => Promise<void>> {
  const running: EmbeddedServer[] = [];
  const folder = await mkdtemp(join(tmpdir(), 'tributary-test-'));
  const start = async (version: 15 | 18, installation?: string) => {
    const server = await startEmbeddedServer({
      dataFolder: join(folder, `postgres-${version}`),
      password: 'throw-away',
      throwAway: true,
      ...(installation === undefined ? {} : { installation }),
      // The data of a test run need not survive the machine.
      settings: { fsync: 'off', max_connections: '300', shared_buffers: '128MB' },
    });
    running.push(server);
    await prepareDatabase(server.url);
    process.env[TEST_SERVER_VARIABLES[version]] = server.url;
  };
  const debian = await access(join(DEBIAN_15, 'bin', 'postgres')).then(
    () => true,
    () => false,
  );
  await Promise.all([start(18), ...(debian ? [start(15, DEBIAN_15)] : [])]);
  return async () => {
    await Promise.all(running.map((server) => server.stop('immediate')));
    await rm(folder, { recursive: true, force: true });
  };
}
