import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { ChannelInbox, ChannelPorts, ChannelRequest, ChannelResponse } from '@tributary/channel-sdk';
import { messenger, whatsappCloud } from './index.js';

const inbox: ChannelInbox = {
  id: 'i',
  name: 'Acme',
  settings: { appSecret: 's', accessToken: 'EAAG-token', phoneNumberId: '106540352242922' },
};
const content = Uint8Array.from([1, 2, 3]);
const sha256 = createHash('sha256').update(content).digest('hex');
const signal = new AbortController().signal;

/** Meta, answering one request after the other; what it was asked is kept. */
function playing(
  ...answers: Partial<ChannelResponse>[]
): ChannelPorts & { readonly asked: ChannelRequest[] } {
  const asked: ChannelRequest[] = [];
  const request = async (one: ChannelRequest): Promise<ChannelResponse> => {
    asked.push(one);
    return { status: 200, headers: {}, body: content, ...answers[asked.length - 1] };
  };
  return {
    ...{ asked, http: { request }, now: () => new Date(0) },
    tokens: { get: async (_name, obtain) => (await obtain()).value },
  };
}

const json = (value: unknown) => ({ body: Buffer.from(JSON.stringify(value)) });
const reference = (id: string) =>
  ({ id, name: 'lamp', contentType: 'image/jpeg', disposition: 'attachment' }) as const;
const openOnWhatsapp = (ports: ChannelPorts) =>
  whatsappCloud.fetchMedia(reference('2754859441498128'), inbox, ports, signal);

describe('a file of WhatsApp', () => {
  const url = 'https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1';

  it('is asked for by its id, then opened with the token', async () => {
    const ports = playing(json({ url, sha256 }), { headers: { 'content-type': 'image/png; q=1' } });
    expect(await openOnWhatsapp(ports)).toMatchObject({
      name: 'lamp.png',
      contentType: 'image/png',
      content,
    });
    expect(ports.asked[0]!.url).toMatch(
      /^https:\/\/graph\.facebook\.com\/v25\.0\/2754859441498128\?phone_number_id=106540352242922&appsecret_proof=[0-9a-f]{64}$/,
    );
    expect(ports.asked[1]).toMatchObject({ url, headers: { authorization: 'Bearer EAAG-token' } });
  });

  it.each([
    'https://evil.example/file',
    'https://fbsbx.com.evil.example/file',
    'http://lookaside.fbsbx.com/file',
    'https://user@lookaside.fbsbx.com/file',
    'https://lookaside.fbsbx.com:8443/file',
    '',
  ])('never takes the token to %p', async (elsewhere) => {
    const ports = playing(json({ url: elsewhere, sha256 }));
    await expect(openOnWhatsapp(ports)).rejects.toMatchObject({ code: 'rejected_permanently' });
    expect(ports.asked).toHaveLength(1);
  });

  it('that arrives changed is fetched again', async () => {
    const ports = playing(json({ url, sha256: '0'.repeat(64) }));
    await expect(openOnWhatsapp(ports)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it.each([401, 404, 410])('whose address was refused with %i gets another the next time', async (status) => {
    const ports = playing(json({ url, sha256 }), { status });
    await expect(openOnWhatsapp(ports)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('that is gone is not asked for again', async () => {
    const gone = json({ error: { code: 100, error_subcode: 33, message: 'Object does not exist.' } });
    await expect(openOnWhatsapp(playing({ ...gone, status: 400 }))).rejects.toMatchObject({
      code: 'rejected_permanently',
    });
  });
});

describe('a file of Messenger or Instagram', () => {
  const url = 'https://scontent.xx.fbcdn.net/v/lamp.jpg?oh=1';
  const open = (ports: ChannelPorts, id = url) => messenger.fetchMedia(reference(id), inbox, ports, signal);

  it('is opened at its address, without our token', async () => {
    const ports = playing({});
    expect(await open(ports)).toMatchObject({ contentType: 'image/jpeg', content });
    expect(ports.asked).toMatchObject([{ method: 'GET', url }]);
    expect(ports.asked[0]!.headers).toBeUndefined();
  });

  it.each([403, 404, 410])('whose address ran out (%i) is not asked for again', async (status) => {
    await expect(open(playing({ status }))).rejects.toMatchObject({ code: 'rejected_permanently' });
  });

  it.each([
    [500, 'unavailable'],
    [429, 'rate_limited'],
  ])('is asked for again after %i', async (status, code) => {
    await expect(open(playing({ status }))).rejects.toMatchObject({ code });
  });

  it('is never fetched from elsewhere', async () => {
    const ports = playing({});
    await expect(open(ports, 'https://169.254.169.254/latest')).rejects.toMatchObject({
      code: 'rejected_permanently',
    });
    expect(ports.asked).toEqual([]);
  });
});
