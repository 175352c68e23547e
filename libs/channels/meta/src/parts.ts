import { ChannelError, type ChannelManifest, type OutboundDelivery } from '@tributary/channel-sdk';

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
