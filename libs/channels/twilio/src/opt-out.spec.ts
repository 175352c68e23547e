import { describe, expect, it } from '@jest/globals';
import { optOutOf } from './opt-out.js';

describe('a text about consent', () => {
  it.each(['STOP', 'stop', ' Stop\n', 'STOPALL', 'unsubscribe', 'OptOut', 'revoke'])('%j ends it', (text) => {
    expect(optOutOf(undefined, text, true)).toEqual({ consent: 'withdrawn', isMessage: false });
  });

  it.each(['START', 'unstop'])('%j renews it', (text) => {
    expect(optOutOf(undefined, text, true)).toEqual({ consent: 'given', isMessage: false });
  });

  it.each([
    ['cancel', 'withdrawn'],
    ['End', 'withdrawn'],
    ['QUIT', 'withdrawn'],
    ['yes', 'given'],
  ])('%j may be an answer as well, and stays a message', (text, consent) => {
    expect(optOutOf(undefined, text, true)).toEqual({ consent, isMessage: true });
  });

  it.each(['stop it please', 'Please cancel', 'help', 'INFO', 'constructor', '', '停止'])(
    '%j says nothing about it',
    (text) => {
      expect(optOutOf(undefined, text, true)).toBeUndefined();
    },
  );

  it('is what Twilio says that it is, in words of any language', () => {
    expect(optOutOf('STOP', 'Abbestellen', false)).toEqual({ consent: 'withdrawn', isMessage: false });
    expect(optOutOf('START', 'Wieder', false)).toEqual({ consent: 'given', isMessage: false });
  });

  it('is none where Twilio says that the customer asks for help, and where words do not count', () => {
    expect(optOutOf('HELP', 'STOP', true)).toBeUndefined();
    expect(optOutOf(undefined, 'STOP', false)).toBeUndefined();
  });
});
