import { expect, it } from '@jest/globals';
import type { ChannelModule, Inbound, OutboundDelivery } from '../channel.js';
import { ChannelError } from '../channel.errors.js';
import type { ChannelPorts } from '../ports.js';
import type { ChannelFixtures } from './channel-fixtures.js';
import { unreachablePorts } from './unreachable-ports.js';

const STOPPED = AbortSignal.abort();

export function describeSending<Kind extends Inbound['kind']>(
  channel: ChannelModule,
  { inbox, delivery, ports = unreachablePorts }: ChannelFixtures<Kind>,
): void {
  const { attachments, maxTextLength, maxAttachmentBytes } = channel.manifest.capabilities;
  const send = (change: Partial<OutboundDelivery>, through = ports, signal = new AbortController().signal) =>
    channel.send({ ...delivery, ...change }, inbox, through, signal);
  /** Every send has one of two ends. */
  const endOf = (sending: ReturnType<typeof send>) =>
    sending.then(
      ({ state }) => state as string,
      (error: unknown) => (error instanceof ChannelError ? error.code : `no ChannelError: ${String(error)}`),
    );

  if (maxTextLength !== null) {
    it(`a text of ${maxTextLength} characters, and none that is longer`, async () => {
      expect(await endOf(send({ text: 'x'.repeat(maxTextLength) }))).not.toBe('unsupported');
      expect(await endOf(send({ text: 'x'.repeat(maxTextLength + 1) }))).toBe('unsupported');
    });

    it('an emoji at the limit whole or not at all', async () => {
      for (const length of [maxTextLength - 2, maxTextLength - 1, maxTextLength]) {
        const { seen, through } = watched(ports);
        expect(await endOf(send({ text: `${'x'.repeat(length)}😀` }, through))).toMatch(/^[a-z_]+$/);
        expect(seen.filter((body) => /\ufffd|\\ud[89ab][0-9a-f]{2}(?!\\ud[c-f])/i.test(body))).toEqual([]);
      }
    });
  }

  it.each([
    ['no text', ''],
    ['white space', ' \n\t '],
    ['a text from right to left', 'مرحبا، أين طلبي رقم 1042؟'],
    ['letters outside the BMP', '𠮷野家 👨‍👩‍👧'],
    ['what other formats read as their own', '<b>&amp;</b> *_~`[x](y) %0A \\u0041 ${a} \r\n.\r\n'],
  ])('%s with one of two ends: a receipt or a ChannelError', async (_, text) => {
    expect(await endOf(send({ text }))).toMatch(/^[a-z_]+$/);
  });

  it(attachments ? `no files over ${maxAttachmentBytes} bytes together` : 'no files', async () => {
    const content = new Uint8Array(attachments ? maxAttachmentBytes + 1 : 1);
    const files = [{ name: 'a.bin', contentType: 'application/octet-stream', content }];
    expect(await endOf(send({ files }))).toBe('unsupported');
  });

  it('with one of two ends also when it was stopped before', async () => {
    expect(await endOf(send({}, ports, STOPPED))).toMatch(/^[a-z_]+$/);
  });
}

/** The same ports, and what was sent through them as text. */
function watched(ports: ChannelPorts): { readonly seen: string[]; readonly through: ChannelPorts } {
  const seen: string[] = [];
  const http: ChannelPorts['http'] = {
    request(request, signal) {
      if (request.body !== undefined) seen.push(Buffer.from(request.body as string).toString());
      return ports.http.request(request, signal);
    },
  };
  return { seen, through: { ...ports, http } };
}
