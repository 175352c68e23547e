import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { createStandInRepository, type StandInRepository } from './stand-in-repository.js';

/** Stands in for Jest: writes the results that the test wants where it is told to, and says what it was called with. */
const JEST = `
const { writeFileSync, existsSync, readFileSync } = require('node:fs');
const outputFile = process.argv.find((each) => each.startsWith('--outputFile=')).slice('--outputFile='.length);
if (existsSync('results.json')) writeFileSync(outputFile, readFileSync('results.json'));
console.log('called with ' + process.argv.slice(2).filter((each) => !each.startsWith('--outputFile=')).join(' '));
process.exit(existsSync('results.json') ? JSON.parse(readFileSync('results.json')).exit : 1);
`;

describe('npm test', () => {
  let repository: StandInRepository;

  beforeEach(() => {
    repository = createStandInRepository();
    repository.write('testing/requirements.json', '[]');
    repository.write('node_modules/nx/dist/bin/nx.js', '');
    repository.write('node_modules/jest/bin/jest.js', JEST);
  });
  afterEach(() => repository.remove('.'));

  const results = (passed: number, failed: number, notRun: number): void => {
    const counts = { numPassedTests: passed, numFailedTests: failed, numRuntimeErrorTestSuites: notRun };
    repository.write('results.json', JSON.stringify({ ...counts, exit: failed + notRun > 0 ? 1 : 0 }));
  };

  function npmTest(...args: string[]): { status: number | null; lines: string[] } {
    const { status, stdout } = spawnSync('npm', ['test', '--', ...args], {
      cwd: repository.root,
      encoding: 'utf8',
    });
    return { status, lines: stdout.trimEnd().split('\n') };
  }

  it('ends with the counts, and with 0 when all passed', () => {
    results(7, 0, 0);
    const { status, lines } = npmTest();
    expect([status, lines.at(-1)]).toEqual([0, '7 passed, 0 failed']);
  });

  it('counts a file that could not run as one failure', () => {
    results(5, 2, 1);
    const { status, lines } = npmTest();
    expect([status, lines.at(-1)]).toEqual([1, '5 passed, 3 failed']);
  });

  it('counts a build that fails as one failure and runs the tests all the same', () => {
    results(7, 0, 0);
    repository.write('node_modules/nx/dist/bin/nx.js', 'process.exit(1);');
    const { status, lines } = npmTest();
    expect([status, lines.at(-1)]).toEqual([1, '7 passed, 1 failed']);
  });

  it('fails when the runner ends without results', () => {
    const { status, lines } = npmTest();
    expect([status, lines.at(-1)]).toEqual([1, '0 passed, 1 failed']);
  });

  it('fails when nothing was tested', () => {
    results(0, 0, 0);
    expect(npmTest().status).toBe(1);
  });

  it('passes its arguments on, with two workers at most', () => {
    results(1, 0, 0);
    const { lines } = npmTest('libs/event-log', '-t', 'two words');
    expect(lines).toContain('called with --maxWorkers=2 --json libs/event-log -t two words');
  });

  it('says what is missing, runs the rest and ends non-zero', () => {
    results(7, 0, 0);
    const missing = {
      name: 'x',
      what: 'A mail server',
      path: '/nowhere/x',
      variable: 'TRIBUTARY_X',
      debian: [],
    };
    repository.write('testing/requirements.json', JSON.stringify([missing]));
    const { status, lines } = npmTest();
    expect([status, lines.at(-1)]).toEqual([1, '7 passed, 0 failed']);
    expect(
      lines.filter((line) => line.startsWith('missing: A mail server (not at /nowhere/x)')),
    ).toHaveLength(1);
  });
});
