import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { say, step } from './progress.mjs';
import { mustRun, run } from './run.mjs';

/** Debian asks it before it starts a service; exit code 101 forbids. (Debian Policy 9.3.3, invoke-rc.d) */
const SERVICE_POLICY = '/usr/sbin/policy-rc.d';
/** Read by postgresql-common when a server package is installed. */
const CLUSTER_POLICY = '/etc/postgresql-common/createcluster.d/tributary.conf';

export const debianInstallCommand = (names) =>
  `sudo apt-get install -y --no-install-recommends ${names.join(' ')}`;

/** Those of the names that dpkg does not know as installed; none where there is no dpkg to ask. */
export async function missingDebianPackages(names) {
  const missing = [];
  if ((await run('dpkg-query', ['--version']).catch(noSuchCommand)).exitCode !== 0) return missing;
  for (const name of names) {
    const { exitCode, output } = await run('dpkg-query', ['-W', '-f=${db:Status-Status}', name]);
    if (exitCode !== 0 || output !== 'installed') missing.push(name);
  }
  return missing;
}

/**
 * Installs packages so that nothing of theirs runs afterwards: tests start their own servers, with their own folders
 * and ports. Says what to do instead where this machine does not let us.
 */
export async function installDebianPackages(names) {
  const { exitCode } = await run('apt-get', ['--version']).catch(noSuchCommand);
  if (exitCode !== 0) return say(`no apt-get here, not installed: ${names.join(' ')}`);
  if (process.getuid() !== 0) return say(`not root, not installed: ${names.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // Another installation may hold the lock for a while.
  const apt = (...args) => mustRun('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=300', ...args], { env });
  await step('debian: apt-get update', () => apt('update'));
  await step(`debian: ${names.join(' ')}`, async () => {
    const remove = forbidServices(names);
    try {
      if (names.includes('postfix')) await answerPostfixQuestion();
      await apt('install', '-y', '--no-install-recommends', ...names);
    } finally {
      remove();
    }
  });
}

/** Returns how to take back what it wrote. A machine's own policy stays: it is there to forbid more than ours. */
function forbidServices(names) {
  const written = [];
  const write = (path, content, mode) => {
    if (existsSync(path)) return;
    writeFileSync(path, content, { mode });
    written.push(path);
  };
  write(SERVICE_POLICY, '#!/bin/sh\nexit 101\n', 0o755);
  if (names.some((name) => name.startsWith('postgresql-'))) {
    mkdirSync(dirname(CLUSTER_POLICY), { recursive: true });
    write(CLUSTER_POLICY, 'create_main_cluster = false\n', 0o644);
  }
  return () => written.forEach((path) => rmSync(path, { force: true }));
}

/** Postfix asks what kind of site this is, even noninteractively; tests bring their own main.cf. */
function answerPostfixQuestion() {
  const answer = 'postfix postfix/main_mailer_type select No configuration';
  return mustRun('sh', ['-c', `echo '${answer}' | debconf-set-selections`]);
}

function noSuchCommand(error) {
  if (error.code !== 'ENOENT') throw error;
  return { exitCode: 127, output: '' };
}
