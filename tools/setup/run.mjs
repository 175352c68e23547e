import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { root } from './workspace.mjs';

/** Processes of ours that live at this moment: a signal must reach them before we may go. */
const children = new Set();
let stopped;

/** A command ended with another code than 0. What it printed is in the message, unless it went to the terminal. */
export class CommandFailed extends Error {
  constructor(command, exitCode, output) {
    super(`${command} ended with exit code ${exitCode}${output ? `\n${output.trimEnd()}` : ''}`);
    this.exitCode = exitCode;
  }
}

/**
 * Runs a command in the repository's root and resolves with `{ exitCode, output }`. What it prints is kept back, so
 * that progress stays one line a step; `show` gives it the terminal instead. A child that died of a signal counts
 * as 128 + the signal's number, as in a shell. Rejects only when the command cannot be started.
 */
export function run(command, args, { env = process.env, show = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      env,
      stdio: show ? 'inherit' : ['ignore', 'pipe', 'pipe'],
    });
    const printed = [];
    children.add(child);
    child.stdout?.on('data', (chunk) => printed.push(chunk));
    child.stderr?.on('data', (chunk) => printed.push(chunk));
    child.on('error', (error) => {
      children.delete(child);
      reject(error);
    });
    child.on('close', (code, signal) => {
      children.delete(child);
      const exitCode = code ?? 128 + constants.signals[signal];
      resolve({ exitCode, output: Buffer.concat(printed).toString('utf8') });
    });
  });
}

/** As `run`, for a command that must end well: rejects with `CommandFailed` otherwise. Resolves with its output. */
export async function mustRun(command, args, options) {
  const { exitCode, output } = await run(command, args, options);
  if (exitCode !== 0) throw new CommandFailed([command, ...args].join(' '), exitCode, output);
  return output;
}

/** The signal that asked us to stop, or undefined. */
export const stopSignal = () => stopped;

/**
 * Passes SIGINT and SIGTERM on to whatever runs, each once, and stays alive until it has gone.
 *
 * Why it matters: npm forwards both signals to the process it started, and to no other. With a shell in between (npm
 * runs scripts by `sh -c`, and Debian's dash keeps itself as the parent) SIGTERM kills the shell and leaves the
 * server running as an orphan, and SIGINT ends npm with 130; so the scripts in package.json begin with `exec`. On
 * Ctrl-C the terminal signals the whole group and npm forwards on top: we get SIGINT twice and pass one on, so a
 * server may see it twice, and must take the second as the first.
 */
export function passSignalsOn() {
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.on(signal, () => {
      if (stopped === signal) return;
      stopped = signal;
      for (const child of children) child.kill(signal);
    });
  }
}
