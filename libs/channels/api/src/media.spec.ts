import { ChannelError, type ChannelPorts, type ChannelRequest } from '@tributary/channel-sdk';
import { unreachablePorts } from '@tributary/channel-sdk/testing';
import { describe, expect, it } from '@jest/globals';
import { api } from './index.js';
import { anInbox } from './testing/api-play.js';

const ADDRESS = 'https://files.customer.example/a b.png';
const media = (id: string) => ({
  ...{ id, name: 'lamp.png', contentType: 'image/png', disposition: 'attachment' as const },
});

async function fetched(status: number, id = `0 ${ADDRESS}`) {
  const requests: ChannelRequest[] = [];
  const request: ChannelPorts['http']['request'] = async (asked) => {
    requests.push(asked);
    return { status, headers: { 'content-type': 'image/webp' }, body: Uint8Array.of(1, 2) };
  };
  const ports = { ...unreachablePorts, http: { request } };
  const end = await api
    .fetchMedia(media(id), anInbox(), ports, new AbortController().signal)
    .catch((error: unknown) => (error instanceof ChannelError ? error.code : error));
  return { end, requests };
}

describe('a file at an address', () => {
  it('is fetched from it, without any credentials', async () => {
    const { end, requests } = await fetched(200);
    expect(end).toEqual({
      ...media(''),
      id: undefined,
      contentType: 'image/webp',
      content: Uint8Array.of(1, 2),
    });
    expect(requests.map(({ method, url, headers }) => [method, url, headers])).toEqual([
      ['GET', ADDRESS, undefined],
    ]);
  });

  it.each([
    [404, 'rejected_permanently'],
    [403, 'rejected_permanently'],
    [429, 'rate_limited'],
    [502, 'unavailable'],
  ])('that answers %d is %s', async (status, code) => {
    expect((await fetched(status)).end).toBe(code);
  });

  it('is never looked for elsewhere than at https', async () => {
    expect(await fetched(200, '0 file:///etc/passwd')).toEqual({ end: 'rejected_permanently', requests: [] });
  });
});
