import { describe, expect, it } from '@jest/globals';
import type { ChannelResponse, MediaReference } from '@tributary/channel-sdk';
import { fetchLineContent } from './fetch-media.js';
import { ACCESS_TOKEN, anInbox, answer, playLine } from './testing/line-play.js';

const video: MediaReference = {
  id: '444573844083572743',
  name: 'video-444573844083572743.mp4',
  contentType: 'video/mp4',
  disposition: 'attachment',
};
const image: MediaReference = { ...video, name: 'image.jpg', contentType: 'image/jpeg' };
const signal = new AbortController().signal;

function bytes(type: string): ChannelResponse {
  return { status: 200, headers: { 'content-type': type }, body: new Uint8Array([1, 2, 3]) };
}

function fetching(media: MediaReference, ...answers: ChannelResponse[]) {
  const { ports, requests } = playLine(...answers);
  return { requests, file: fetchLineContent(media, anInbox(), ports, signal) };
}

describe('a content', () => {
  it('is fetched from the data host, with the type that it has there', async () => {
    const { requests, file } = fetching(image, bytes('image/png; charset=binary'));
    expect(await file).toEqual({
      name: 'image.jpg',
      contentType: 'image/png',
      content: new Uint8Array([1, 2, 3]),
      disposition: 'attachment',
    });
    expect(requests[0]).toMatchObject({
      method: 'GET',
      url: 'https://api-data.line.me/v2/bot/message/444573844083572743/content',
      headers: { authorization: `Bearer ${ACCESS_TOKEN}` },
    });
  });

  it('at an address of its own is fetched there, without our token', async () => {
    const { requests, file } = fetching(
      { ...image, id: 'https://cdn.example.org/kettle.jpg' },
      bytes('image/jpeg'),
    );
    expect((await file).content).toEqual(new Uint8Array([1, 2, 3]));
    expect(requests[0]?.url).toBe('https://cdn.example.org/kettle.jpg');
    expect(requests[0]?.headers).toBeUndefined();
  });

  it.each([
    [403, 'rejected_permanently'],
    [503, 'unavailable'],
  ])('whose own server answers %i is %s, and our credentials are not to blame', async (status, code) => {
    const { file } = fetching({ ...image, id: 'https://cdn.example.org/kettle.jpg' }, answer(status, {}));
    await expect(file).rejects.toMatchObject({ code });
  });

  it.each([202, 404])('that LINE still prepares (%i) is asked for again', async (status) => {
    for (const state of ['processing', 'succeeded']) {
      const { requests, file } = fetching(video, answer(status, {}), answer(200, { status: state }));
      await expect(file).rejects.toMatchObject({ code: 'unavailable', retryAfterMs: 5000 });
      expect(requests[1]?.url).toMatch(/\/content\/transcoding$/);
    }
  });

  it('that LINE could not prepare is gone for good', async () => {
    const { file } = fetching(video, answer(404, {}), answer(200, { status: 'failed' }));
    await expect(file).rejects.toMatchObject({ code: 'rejected_permanently' });
  });

  it.each([404, 410])('that is no longer there (%i) is gone for good', async (status) => {
    const { requests, file } = fetching(image, answer(status, { message: 'Not found' }));
    await expect(file).rejects.toMatchObject({ code: 'rejected_permanently' });
    expect(requests).toHaveLength(1);
  });
});
