import { ChannelError, type OutboundDelivery, type SendReceipt } from '@tributary/channel-sdk';
import { manifest } from './manifest.js';

/** The customer's page reads the reply from where it is stored; only its limits are checked here. */
export async function keepReply({ text, files }: OutboundDelivery): Promise<SendReceipt> {
  const { maxTextLength, maxAttachmentBytes } = manifest.capabilities;
  if (maxTextLength !== null && text.length > maxTextLength) {
    throw new ChannelError('unsupported', `a reply has at most ${maxTextLength} characters`);
  }
  const bytes = files.reduce((sum, file) => sum + file.content.byteLength, 0);
  if (bytes > maxAttachmentBytes) {
    throw new ChannelError('unsupported', `the files of a reply have at most ${maxAttachmentBytes} bytes`);
  }
  return { state: 'delivered' };
}
