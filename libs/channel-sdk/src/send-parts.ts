import { ChannelError } from './channel.errors.js';
import type { SendReceipt } from './channel.js';

/**
 * Sends the parts of one message in their order. Once the first has left, nothing is tried again by itself: the
 * customer would get that first part twice.
 *
 * @param sendOne sends one part and returns the id that the provider gave it.
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
