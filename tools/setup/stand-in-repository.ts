import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const setup = fileURLToPath(new URL('.', import.meta.url));
const LOCK = '{}';

export interface StandInRepository {
  readonly root: string;
  write(path: string, text: string): void;
  read(path: string): string;
  remove(path: string): void;
}

/**
 * A repository of its own with the real commands in it and nothing else that is real: installed by its stamp, on the
 * Node that runs the test. What the commands call is for the test to write.
 */
export function createStandInRepository(): StandInRepository {
  const root = mkdtempSync(join(tmpdir(), 'tributary-stand-in-'));
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const { scripts } = JSON.parse(readFileSync(join(setup, '../../package.json'), 'utf8')) as {
    scripts: object;
  };
  cpSync(setup, join(root, 'tools/setup'), { recursive: true });
  write('package.json', JSON.stringify({ private: true, scripts }));
  for (const file of ['package-lock.json', 'nx.json', 'tsconfig.base.json']) write(file, LOCK);
  write('node_modules/.tributary-install', createHash('sha256').update(LOCK).digest('hex'));
  mkdirSync(join(root, 'node_modules/node/bin'), { recursive: true });
  symlinkSync(process.execPath, join(root, 'node_modules/node/bin/node'));
  return {
    root,
    write,
    read: (path) => readFileSync(join(root, path), 'utf8'),
    remove: (path) => rmSync(join(root, path), { recursive: true }),
  };
}
