import { existsSync, readFileSync } from 'node:fs';
import { debianInstallCommand, installDebianPackages, missingDebianPackages } from './debian-packages.mjs';
import { fetchKafka } from './kafka-artifacts.mjs';
import { say } from './progress.mjs';
import { run, stopSignal } from './run.mjs';
import { inside } from './workspace.mjs';

/** Commands that Kafka needs, with the Debian packages that have them. */
const KAFKA_TOOLS = { java: 'openjdk-17-jre-headless', mvn: 'maven' };

/** The list that the tests read too (testing/src/installed.ts): what must stand on the machine, and where. */
const readRequirements = () => JSON.parse(readFileSync(inside('testing', 'requirements.json'), 'utf8'));

/** A variable that names another place means: this machine has its own, leave it alone. */
const isElsewhere = ({ variable }) => Boolean(process.env[variable]);

/**
 * Provides the servers and the browser that tests need, as far as this machine can. Says for each that is missing
 * what to install by hand. Resolves with the number of those.
 */
export async function provideRequirements() {
  const wanted = readRequirements().filter((requirement) => !isElsewhere(requirement));
  await attempt(() => provideDebianPackages(wanted.flatMap(({ debian }) => debian ?? [])));
  const kafka = wanted.find(({ name }) => name === 'kafka');
  if (kafka && !stopSignal()) await attempt(() => provideKafka(inside(kafka.path)));
  let missing = 0;
  for (const requirement of readRequirements()) {
    if (await isPresent(requirement)) continue;
    missing += 1;
    say(byHand(requirement));
  }
  return missing;
}

/** Provides Kafka alone, for whoever does not bring their own. Throws when this machine cannot have it. */
export async function provideKafkaForServices() {
  const kafka = readRequirements().find(({ name }) => name === 'kafka');
  if (!isElsewhere(kafka)) await provideKafka(inside(kafka.path));
  if (!(await isPresent(kafka))) throw new Error(`${byHand(kafka)}, or start with --embedded-log`);
}

/** Provides the browser alone, for what looks at pages. Throws when this machine cannot have it. */
export function provideBrowser() {
  return provideFromDebian('chromium');
}

/** Provides the mail servers alone. Throws when this machine cannot have them. */
export async function provideMailServers() {
  await provideFromDebian('dovecot');
  await provideFromDebian('postfix');
}

async function provideFromDebian(wanted) {
  const requirement = readRequirements().find(({ name }) => name === wanted);
  if (!isElsewhere(requirement)) await provideDebianPackages(requirement.debian);
  if (!(await isPresent(requirement))) throw new Error(byHand(requirement));
}

/** One that cannot be had must not keep the others away: it is said at once, and again as missing at the end. */
async function attempt(work) {
  try {
    await work();
  } catch (error) {
    say(error.message);
  }
}

async function provideDebianPackages(names) {
  const missing = await missingDebianPackages(names);
  if (missing.length > 0) await installDebianPackages(missing);
}

/** Java runs it and Maven brings it; whichever distribution of them is on the path will do. */
async function provideKafka(folder) {
  const missing = [];
  for (const [command, debian] of Object.entries(KAFKA_TOOLS)) {
    if (command === 'mvn' && existsSync(folder)) continue;
    const { exitCode } = await run('sh', ['-c', `command -v ${command}`]);
    if (exitCode !== 0) missing.push(debian);
  }
  if (missing.length > 0) await installDebianPackages(missing);
  await fetchKafka(folder);
}

/** A package can be missing though the path is there: fonts are no part of the browser's. */
async function isPresent(requirement) {
  const { path, variable, debian = [] } = requirement;
  if (isElsewhere(requirement)) return existsSync(process.env[variable]);
  return existsSync(inside(path)) && (await missingDebianPackages(debian)).length === 0;
}

function byHand({ what, path, variable, debian }) {
  const cure = debian
    ? `install it (on Debian: ${debianInstallCommand(debian)})`
    : `install Java 17 and Maven (on Debian: ${debianInstallCommand(Object.values(KAFKA_TOOLS))})`;
  return `missing: ${what} (not at ${process.env[variable] || path}): ${cure}, or set ${variable} to where it stands`;
}
