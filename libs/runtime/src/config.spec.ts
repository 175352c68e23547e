import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Matches } from 'class-validator';
import { parseConfig } from './config.js';

class Settings {
  @Type(() => Number)
  @IsInt()
  PORT = 8080;

  @Matches(/^postgresql:/, { message: 'begins with postgresql:' })
  DATABASE_URL!: string;

  @IsOptional()
  @IsString()
  TRIBUTARY_NAME?: string;
}

const DATABASE_URL = 'postgresql://user:s3cret@db/x';

describe('the configuration of a process', () => {
  it('reads variables by the names of the properties, numbers as numbers', () => {
    expect(parseConfig(Settings, { DATABASE_URL, PORT: '81', PATH: '/bin' })).toMatchObject({
      DATABASE_URL,
      PORT: 81,
    });
  });

  it('takes an empty variable as absent', () => {
    expect(parseConfig(Settings, { DATABASE_URL, PORT: '' }).PORT).toBe(8080);
  });

  it('cannot be changed afterwards', () => {
    expect(Object.isFrozen(parseConfig(Settings, { DATABASE_URL }))).toBe(true);
  });

  it('names every variable that it refuses, with the reason', () => {
    expect(() => parseConfig(Settings, { PORT: 'eighty', DATABASE_URL: 'mysql://x' })).toThrow(
      /PORT: must be an integer number\n {2}DATABASE_URL: begins with postgresql:/,
    );
  });

  it('says of a variable that is missing just that', () => {
    expect(() => parseConfig(Settings, {})).toThrow('DATABASE_URL: is missing');
  });

  it('never shows a value', () => {
    const secret = 'mysql://user:s3cret@db';
    expect(() => parseConfig(Settings, { DATABASE_URL: secret })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('s3cret') }),
    );
  });

  it('refuses a variable of ours that it does not know, so that a typing error is no silent default', () => {
    const environment = { DATABASE_URL, TRIBUTARY_NAM: 'x' };
    expect(() => parseConfig(Settings, environment, { ownPrefix: 'TRIBUTARY_' })).toThrow(
      'TRIBUTARY_NAM: is unknown here',
    );
  });

  it('leaves variables of others alone', () => {
    const environment = { DATABASE_URL, TRIBUTARY_NAME: 'x', TICKETS_PORT: 'tcp://10.0.0.1:80' };
    expect(parseConfig(Settings, environment, { ownPrefix: 'TRIBUTARY_' }).TRIBUTARY_NAME).toBe('x');
  });
});
