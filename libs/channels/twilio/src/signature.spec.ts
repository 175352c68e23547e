import { describe, expect, it } from '@jest/globals';
import { isSigned, isSignedBody } from './signature.js';

const TOKEN = '12345';
const URL_SIGNED = 'https://mycompany.com/myapp.php?foo=1&bar=2';
const CALL: readonly [string, string][] = [
  ['CallSid', 'CA1234567890ABCDE'],
  ['Caller', '+14158675309'],
  ['Digits', '1234'],
  ['From', '+14158675309'],
  ['To', '+18005551212'],
];

interface Vector {
  readonly name: string;
  readonly url: string;
  readonly parameters: readonly [string, string][];
  readonly signature: string;
}

/** Published with Twilio's own libraries (twilio-node, spec/unit/webhooks), read 2026-11-24. */
const FORMS: readonly Vector[] = [
  { name: 'of the manual', url: URL_SIGNED, parameters: CALL, signature: 'RSOYDt4T1cUTdK1PDd93/VVr8B8=' },
  {
    name: 'with an own port',
    url: 'http://mycompany.com:1234/myapp.php?foo=1&bar=2',
    parameters: CALL,
    signature: 'Zmvh+3yNM1Phv2jhDCwEM3q5ebU=',
  },
  {
    name: 'over https, signed with port 443',
    url: URL_SIGNED,
    parameters: CALL,
    signature: 'kvajT1Ptam85bY51eRf/AJRuM3w=',
  },
  {
    name: 'over http, signed with port 80',
    url: 'http://mycompany.com/myapp.php?foo=1&bar=2',
    parameters: CALL,
    signature: '0ZXoZLH/DfblKGATFgpif+LLRf4=',
  },
  {
    name: 'with user and password',
    url: 'https://user:pass@mycompany.com/myapp.php?foo=1&bar=2',
    parameters: CALL,
    signature: 'CukzLTc1tT5dXEDIHm/tKBanW10=',
  },
  {
    name: 'with a user',
    url: 'https://user@mycompany.com/myapp.php?foo=1&bar=2',
    parameters: CALL,
    signature: '2YRLlVAflCqxaNicjMpJcSTgzSs=',
  },
  {
    name: 'with user and password, signed with port 443',
    url: 'https://user:pass@mycompany.com/myapp.php?foo=1&bar=2',
    parameters: CALL,
    signature: 'ZQFR1PTIZXF2MXB8ZnKCvnnA+rI=',
  },
  {
    name: 'with an apostrophe in the query',
    url: `${URL_SIGNED}&Body=It's+amazing`,
    parameters: CALL,
    signature: 'TfZzewPq8wqrGlMfyAud8+/IvJ0=',
  },
  {
    name: 'with several values of a name, whatever their order',
    url: URL_SIGNED,
    parameters: [
      ['MessagingBinding.Address', '+1415xxxxxxx'],
      ['MessagingBinding.Address', '+1325xxxxxxx'],
    ],
    signature: '83O6e2vORAoJHUNzJjDWN1jz+BA=',
  },
  {
    name: 'with a value twice',
    url: URL_SIGNED,
    parameters: [
      ['Sid', 'CA123'],
      ['SidAccount', 'AC123'],
      ['Digits', '5678'],
      ['Digits', '1234'],
      ['Digits', '1234'],
    ],
    signature: 'IK+Dwps556ElfBT0I3Rgjkr1wJU=',
  },
];

const OBJECT = '{"property": "value", "boolean": true}';
const OBJECT_HASH = '0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620';
const EMPTY_HASH = '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a';

const BODIES = [
  {
    name: 'with a query',
    url: `${URL_SIGNED}&bodySHA256=${OBJECT_HASH}`,
    body: OBJECT,
    signature: 'a9nBmqA0ju/hNViExpshrM61xv4=',
  },
  {
    name: 'without another query',
    url: `https://mycompany.com/myapp.php?bodySHA256=${OBJECT_HASH}`,
    body: OBJECT,
    signature: 'y77kIzt2vzLz71DgmJGsen2scGs=',
  },
  {
    name: 'with an empty object, signed with port 443',
    url: `${URL_SIGNED}&bodySHA256=${EMPTY_HASH}`,
    body: '{}',
    signature: 'Ldidvp12m26NI7eqEvxnEpkd9Hc=',
  },
  {
    name: 'with no body, which counts as an empty object',
    url: `${URL_SIGNED}&bodySHA256=${EMPTY_HASH}`,
    body: '',
    signature: 'Ldidvp12m26NI7eqEvxnEpkd9Hc=',
  },
];

/** Each changes one thing that the signature covers. */
const MUTATIONS: readonly [string, (vector: Vector) => Vector & { readonly token?: string }][] = [
  ['another token', (vector) => ({ ...vector, token: '12346' })],
  ['no signature', (vector) => ({ ...vector, signature: '' })],
  ['half a signature', (vector) => ({ ...vector, signature: vector.signature.slice(0, 14) })],
  ['a longer signature', (vector) => ({ ...vector, signature: `${vector.signature}=` })],
  [
    'another first character',
    (v) => ({ ...v, signature: `${next(v.signature[0]!)}${v.signature.slice(1)}` }),
  ],
  ['the signature in small letters', (v) => ({ ...v, signature: v.signature.toLowerCase() })],
  [
    'another scheme',
    (v) => ({ ...v, url: v.url.replace(/^https?/, (s) => (s === 'https' ? 'http' : 'https')) }),
  ],
  ['another host', (v) => ({ ...v, url: v.url.replace('mycompany', 'yourcompany') })],
  ['another path', (v) => ({ ...v, url: v.url.replace('myapp.php', 'myapp.php/') })],
  ['another query', (v) => ({ ...v, url: v.url.replace('foo=1', 'foo=2') })],
  ['a longer query', (v) => ({ ...v, url: `${v.url}&baz=3` })],
  ['a new parameter', (v) => ({ ...v, parameters: [...v.parameters, ['Extra', '1']] })],
  ['a parameter less', (v) => ({ ...v, parameters: v.parameters.slice(1) })],
  ['another value', (v) => ({ ...v, parameters: v.parameters.map(([name, value]) => [name, `${value}0`]) })],
  ['another name', (v) => ({ ...v, parameters: v.parameters.map(([name, value]) => [`${name}X`, value]) })],
];

const next = (character: string): string => (character === 'A' ? 'B' : 'A');
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('a signed form', () => {
  it.each(FORMS)('$name is taken', ({ url, parameters, signature }) => {
    expect(isSigned(TOKEN, signature, url, parameters)).toBe(true);
  });

  it.each(FORMS)('$name is taken with its parameters in any order', ({ url, parameters, signature }) => {
    expect(isSigned(TOKEN, signature, url, parameters.toReversed())).toBe(true);
  });

  describe.each(FORMS)('$name', (vector) => {
    it.each(MUTATIONS)('is refused with %s', (_name, mutate) => {
      const { token = TOKEN, signature, url, parameters } = mutate(vector);
      expect(isSigned(token, signature, url, parameters)).toBe(false);
    });
  });
});

describe('a signed body', () => {
  it.each(BODIES)('$name is taken', ({ url, body, signature }) => {
    expect(isSignedBody(TOKEN, signature, url, bytes(body))).toBe(true);
  });

  describe.each(BODIES)('$name', ({ url, body, signature }) => {
    const refused: readonly [string, string, string, string, string][] = [
      ['another token', '1234', signature, url, body],
      ['no signature', TOKEN, '', url, body],
      ['half a signature', TOKEN, signature.slice(0, 14), url, body],
      ['a longer signature', TOKEN, `${signature}=`, url, body],
      ['another first character', TOKEN, `${next(signature[0]!)}${signature.slice(1)}`, url, body],
      ['the signature in small letters', TOKEN, signature.toLowerCase(), url, body],
      ['another scheme', TOKEN, signature, url.replace('https', 'http'), body],
      ['another host', TOKEN, signature, url.replace('mycompany', 'yourcompany'), body],
      ['another path', TOKEN, signature, url.replace('.php', '.php/'), body],
      ['a longer query', TOKEN, signature, `${url}&baz=3`, body],
      ['no hash', TOKEN, signature, url.replace(/.bodySHA256=\w+/, ''), body],
      ['another hash', TOKEN, signature, url.replace(/\w$/, next), body],
      ['a space more in the body', TOKEN, signature, url, `${body} `],
      ['another body', TOKEN, signature, url, '{"property": "value", "boolean": false}'],
    ];

    it.each(refused)('is refused with %s', (_name, token, given, address, text) => {
      expect(isSignedBody(token, given, address, bytes(text))).toBe(false);
    });
  });

  it('is never taken for a form without parameters, whose body nobody would have looked at', () => {
    const { url, signature } = BODIES[0]!;
    expect(isSignedBody(TOKEN, signature, url, bytes('{}'))).toBe(false);
  });
});
