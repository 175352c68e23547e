import { type ChannelPorts, type ChannelRequest, type MediaReference } from '@tributary/channel-sdk';
import { describe, expect, it } from '@jest/globals';
import { fetchFile } from './media.js';

const ACCOUNT = 'AC0123456789abcdef0123456789abcdef';
const MEDIA = `https://api.twilio.com/2010-04-01/Accounts/${ACCOUNT}/Messages/MM1/Media/ME1`;

function fetching(status: number, change: Partial<MediaReference> = {}) {
  const asked: ChannelRequest[] = [];
  const ports: ChannelPorts = {
    http: {
      request: async (request) => {
        asked.push(request);
        return { status, headers: {}, body: Uint8Array.of(1, 2, 3) };
      },
    },
    tokens: { get: async (_name, obtain) => (await obtain()).value },
    now: () => new Date(0),
  };
  const media = { id: MEDIA, name: 'ME1.jpg', contentType: 'image/jpeg', disposition: 'attachment' as const };
  const settings = { accountSid: ACCOUNT, authToken: 'secret' };
  const file = fetchFile(
    { ...media, ...change },
    { id: 'i', name: 'n', settings },
    ports,
    new AbortController().signal,
  );
  return { asked, file };
}

describe('a file at Twilio', () => {
  it('is fetched with the account’s credentials', async () => {
    const { asked, file } = fetching(200);
    expect(await file).toEqual({
      ...{ name: 'ME1.jpg', contentType: 'image/jpeg', disposition: 'attachment' },
      content: Uint8Array.of(1, 2, 3),
    });
    const authorization = `Basic ${Buffer.from(`${ACCOUNT}:secret`).toString('base64')}`;
    expect(asked).toMatchObject([{ method: 'GET', url: MEDIA, headers: { authorization } }]);
  });

  it.each([
    'http://api.twilio.com/2010-04-01/Accounts/AC0123456789abcdef0123456789abcdef/Messages/MM1/Media/ME1',
    'https://api.twilio.com.evil.example/2010-04-01/Accounts/AC0123456789abcdef0123456789abcdef/Messages/MM1/Media/ME1',
    'https://evil.example/?https://api.twilio.com/2010-04-01/',
    `https://api.twilio.com/2010-04-01/Accounts/AC${'f'.repeat(32)}/Messages/MM1/Media/ME1`,
    `${MEDIA}/../../../../Accounts.json`,
    'http://127.0.0.1/',
  ])('is never looked for at %s, so that no credentials go there', async (id) => {
    const { asked, file } = fetching(200, { id });
    await expect(file).rejects.toMatchObject({ code: 'rejected_permanently' });
    expect(asked).toEqual([]);
  });

  it.each([
    [404, 'rejected_permanently'],
    [401, 'bad_credentials'],
    [429, 'rate_limited'],
    [500, 'unavailable'],
    [503, 'unavailable'],
  ])('that is answered with %i is %s', async (status, code) => {
    await expect(fetching(status).file).rejects.toMatchObject({ code });
  });
});
