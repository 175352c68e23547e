import { describe, expect, it } from '@jest/globals';
import { createLogger } from './logger.js';

function logged(fields: object, level: 'info' | 'error' = 'error'): Record<string, unknown> {
  const lines: string[] = [];
  createLogger('spec', 'debug', { write: (line) => void lines.push(line) })[level](
    fields,
    'something_happened',
  );
  return JSON.parse(lines[0]!) as Record<string, unknown>;
}

/** As a database driver throws it: everything hangs on it. */
function aDriverError(code: string, message: string): Error {
  return Object.assign(new Error(message), {
    ...{ code, query: 'SELECT $1', parameters: ['hunter2'], detail: 'Key (email)=(ann@example.org) exists' },
    driverError: { detail: 'ann@example.org', where: 'hunter2' },
  });
}

describe('a line of the log', () => {
  it('has the service, the level, an ISO time and the event', () => {
    expect(logged({ inboxId: 'i' }, 'info')).toEqual({
      ...{ level: 'info', service: 'spec', inboxId: 'i', msg: 'something_happened' },
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    });
  });

  it('names an error, and leaks nothing that a driver hung on it', () => {
    const line = logged({ err: aDriverError('23505', 'duplicate key value violates "login_pkey"') });
    expect(line['err']).toMatchObject({
      type: 'Error',
      code: '23505',
      message: 'duplicate key value violates "login_pkey"',
    });
    const text = JSON.stringify(line);
    for (const secret of ['hunter2', 'ann@example.org', 'SELECT']) expect(text).not.toContain(secret);
  });

  it.each([
    ['22P02', 'invalid input syntax for type uuid: "hunter2"'],
    ['22007', 'invalid input syntax for type timestamp: "hunter2 and more"'],
    ['22P05', 'unsupported Unicode escape sequence "hunter2"'],
  ])('keeps the value back that PostgreSQL’s %s quotes, also in causes', (code, message) => {
    const error = new Error('the batch failed', { cause: aDriverError(code, message) });
    const line = logged({ err: error });
    expect(JSON.stringify(line)).not.toContain('hunter2');
    expect(line['err']).toMatchObject({ message: 'the batch failed', cause: { code } });
  });

  it('tells the type alone of what is thrown and no error, and ends with causes in a circle', () => {
    expect(logged({ err: { password: 'hunter2' } })['err']).toEqual({ message: 'object' });
    const error = new Error('round');
    error.cause = error;
    expect(logged({ err: error })['err']).toMatchObject({ message: 'round' });
  });

  it.each(['password', 'token', 'secret', 'authorization', 'cookie'])('never shows a %s', (name) => {
    expect(JSON.stringify(logged({ [name]: 'hunter2', of: { [name]: 'hunter2' } }))).not.toContain('hunter2');
  });
});
