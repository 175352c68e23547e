import type { LoggerService } from '@nestjs/common';
import { type DestinationStream, type Logger as PinoLogger, type LoggerOptions, pino } from 'pino';

/** Structured lines: a stable snake_case event name and fields. Never message text, addresses or secrets. */
export type Logger = PinoLogger;

const SECRETS = ['password', 'token', 'secret', 'authorization', 'cookie'];

/**
 * @param service name on every line.
 * @param level `debug`, `info` (default), `warn`, `error` or `silent`.
 * @param destination where the lines go; standard output when absent.
 */
export function createLogger(service: string, level = 'info', destination?: DestinationStream): Logger {
  const options: LoggerOptions = {
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { err: (error: unknown) => plainError(error) },
    redact: {
      paths: SECRETS.flatMap((name) => [name, `*.${name}`]),
      censor: '[redacted]',
    },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

/** PostgreSQL's class of data exceptions: its messages quote the value that was refused. */
const DATA_EXCEPTION = /^22[0-9A-Z]{3}$/;
const DEEPEST_CAUSE = 5;

/** Of an error only what names it: drivers hang queries and their parameters on theirs, and those are customers'. */
function plainError(error: unknown, depth = 0): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: typeof error === 'string' ? error : typeof error };
  const { code } = error as { code?: unknown };
  const quotesValues = typeof code === 'string' && DATA_EXCEPTION.test(code);
  const tell = (text: string) => (quotesValues ? text.replaceAll(/"[^"]*"/g, '"[redacted]"') : text);
  return {
    type: error.constructor.name,
    message: tell(error.message),
    ...(code === undefined ? {} : { code }),
    ...(error.stack === undefined ? {} : { stack: tell(error.stack) }),
    ...(error.cause === undefined || depth === DEEPEST_CAUSE
      ? {}
      : { cause: plainError(error.cause, depth + 1) }),
  };
}

/** Lines appended to a file, each written at once. */
export function logFile(path: string): DestinationStream {
  return pino.destination({ dest: path, append: true, mkdir: true, sync: true });
}

/** Nest's own lines through our logger; its start-up chatter is debug. */
export function nestLogger(logger: Logger): LoggerService {
  const line = (context: unknown[]) => ({ context: context.at(-1) });
  return {
    log: (message: unknown, ...context: unknown[]) => logger.debug(line(context), String(message)),
    debug: (message: unknown, ...context: unknown[]) => logger.debug(line(context), String(message)),
    verbose: (message: unknown, ...context: unknown[]) => logger.trace(line(context), String(message)),
    warn: (message: unknown, ...context: unknown[]) => logger.warn(line(context), String(message)),
    error: (message: unknown, ...context: unknown[]) =>
      logger.error({ context: context.at(-1), stack: context.at(0) }, String(message)),
    fatal: (message: unknown, ...context: unknown[]) => logger.fatal(line(context), String(message)),
  };
}
