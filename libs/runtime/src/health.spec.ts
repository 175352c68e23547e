import { describe, expect, it } from '@jest/globals';
import { Health } from './health.js';

describe('the health of a process', () => {
  it('is good when all that it depends on answers', async () => {
    const health = new Health();
    health.add('log', () => undefined);
    health.add('database', async () => undefined);
    expect(await health.ready()).toEqual({ ok: true, checks: { log: 'ok', database: 'ok' } });
  });

  it('names what fails, throws or does not answer in time', async () => {
    const health = new Health();
    health.add('fine', () => undefined);
    health.add('rejects', () => Promise.reject(new Error('away')));
    health.add('throws', () => {
      throw new Error('away');
    });
    health.add('hangs', () => new Promise(() => undefined));
    expect(await health.ready(20)).toEqual({
      ok: false,
      checks: { fine: 'ok', rejects: 'failed', throws: 'failed', hangs: 'failed' },
    });
  });

  it('is bad from the moment the process drains', async () => {
    const health = new Health();
    health.add('fine', () => undefined);
    health.drain();
    expect(await health.ready()).toEqual({ ok: false, checks: { draining: 'failed', fine: 'ok' } });
  });

  it('has one check under a name', () => {
    const health = new Health();
    health.add('log', () => undefined);
    expect(() => health.add('log', () => undefined)).toThrow('exists');
  });
});
