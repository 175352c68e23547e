import {
  ChannelError,
  type ChannelManifest,
  type OutboundDelivery,
  type SendReceipt,
} from '@tributary/channel-sdk';

type File = OutboundDelivery['files'][number];

/** @throws ChannelError `unsupported` for what the channel's manifest does not allow. */
export function checkLimits({ text, files }: OutboundDelivery, { capabilities }: ChannelManifest): void {
  const { maxTextLength, maxAttachmentBytes } = capabilities;
  if (maxTextLength !== null && text.length > maxTextLength) {
    throw new ChannelError('unsupported', `A message has at most ${maxTextLength} characters here.`);
  }
  const bytes = files.reduce((sum, file) => sum + file.content.byteLength, 0);
  if (bytes > maxAttachmentBytes) {
    throw new ChannelError(
      'unsupported',
      `The files are larger than ${maxAttachmentBytes / 1_000_000} MB together.`,
    );
  }
  if (text === '' && files.length === 0) throw new ChannelError('unsupported', 'The message is empty.');
}

/** A content type as a header can hold it. */
export function contentTypeOf({ contentType }: File): string {
  const type = /^[\w.+-]+\/[\w.+-]+/.exec(contentType)?.[0];
  return type?.toLowerCase() ?? 'application/octet-stream';
}

/**
 * Sends the parts of one message in their order. Once the first has left, nothing is tried again by itself: the
 * customer would get that first part twice.
 *
 * @param sendOne sends one part and returns the id that Meta gave it.
 */
export async function sendParts<Part>(
  parts: readonly Part[],
  sendOne: (part: Part, index: number) => Promise<string | undefined>,
): Promise<SendReceipt> {
  const ids: string[] = [];
  for (const [index, part] of parts.entries()) {
    try {
      const id = await sendOne(part, index);
      if (id !== undefined) ids.push(id);
    } catch (error) {
      if (index === 0 || !(error instanceof ChannelError)) throw error;
      const told = `Only ${index} of ${parts.length} parts of the message left. ${error.message}`;
      throw new ChannelError('rejected_permanently', told, undefined, { cause: error });
    }
  }
  const [externalId, ...furtherIds] = ids;
  return {
    state: 'sent',
    ...(externalId === undefined ? {} : { externalId }),
    ...(furtherIds.length === 0 ? {} : { furtherIds }),
  };
}
