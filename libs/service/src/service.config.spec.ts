import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { parseConfig } from '@tributary/runtime';
import { providerOrigins } from './provider-origins.js';
import { ServiceConfig } from './service.config.js';

const COMPLETE = {
  DATABASE_URL: 'postgresql://tickets:pass@db/tributary',
  TRIBUTARY_MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
  TRIBUTARY_PUBLIC_URL: 'https://desk.example.org',
  OBJECT_STORE_DIR: '/var/lib/tributary',
};
const parse = (changes: Readonly<Record<string, string | undefined>>) =>
  parseConfig(ServiceConfig, { ...COMPLETE, ...changes });

describe('what a service is told', () => {
  it('listens on 127.0.0.1:8080 when it is told nothing else', () => {
    expect(parse({})).toMatchObject({ HOST: '127.0.0.1', PORT: 8080, LOG_LEVEL: 'info' });
  });

  it('has the log in the database when no brokers are named', () => {
    expect(parse({}).KAFKA_BROKERS).toBeUndefined();
  });

  it('takes several brokers', () => {
    expect(parse({ KAFKA_BROKERS: 'a:9092,b:9092' }).KAFKA_BROKERS).toBe('a:9092,b:9092');
  });

  it('sends requests to providers where it is told to', () => {
    const text =
      'https://api.a.example=http://127.0.0.1:9001  https://api.b.example=https://proxy.example:8443';
    expect([...providerOrigins(parse({ PROVIDER_ORIGINS: text }))]).toEqual([
      ['https://api.a.example', 'http://127.0.0.1:9001'],
      ['https://api.b.example', 'https://proxy.example:8443'],
    ]);
    expect([...providerOrigins(parse({}))]).toEqual([]);
  });

  it('takes off the slash at the end of the public address, because paths are put behind it', () => {
    const { TRIBUTARY_PUBLIC_URL } = parse({ TRIBUTARY_PUBLIC_URL: 'https://desk.example.org/' });
    expect(TRIBUTARY_PUBLIC_URL).toBe('https://desk.example.org');
  });

  it.each([
    ['DATABASE_URL', 'mysql://db'],
    ['KAFKA_BROKERS', 'kafka'],
    ['KAFKA_BROKERS', 'a:9092, b:9092'],
    ['TRIBUTARY_MASTER_KEY', Buffer.alloc(31).toString('base64')],
    ['TRIBUTARY_PUBLIC_URL', 'desk.example.org'],
    ['TRIBUTARY_PUBLIC_URL', 'ftp://desk.example.org'],
    ['PORT', '0'],
    ['HOST', 'localhost'],
    ['LOG_LEVEL', 'loud'],
    ['PROVIDER_ORIGINS', 'https://api.vendor.example'],
    ['PROVIDER_ORIGINS', 'https://api.vendor.example/=http://127.0.0.1:9001'],
    ['PROVIDER_ORIGINS', 'api.vendor.example=127.0.0.1:9001'],
  ])('refuses %s=%s', (name, value) => {
    expect(() => parse({ [name]: value })).toThrow(new RegExp(`^configuration refused:\n {2}${name}: .+$`));
  });

  it.each(Object.keys(COMPLETE))('cannot do without %s', (name) => {
    expect(() => parse({ [name]: undefined })).toThrow(`${name}: is missing`);
  });
});
