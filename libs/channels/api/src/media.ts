import { ChannelError, type FetchMedia } from '@tributary/channel-sdk';

const LARGEST_MEDIA = 25 * 1024 * 1024;

/** Fetches a file from the address that the caller named, without any credentials. */
export const fetchFile: FetchMedia = async (
  { id, name, contentType, disposition },
  _inbox,
  ports,
  signal,
) => {
  const url = id.slice(id.indexOf(' ') + 1);
  if (URL.parse(url)?.protocol !== 'https:') {
    throw new ChannelError('rejected_permanently', 'The file is at no https address.');
  }
  const { status, body, headers } = await ports.http.request(
    { method: 'GET', url, timeoutMs: 60_000, maxBytes: LARGEST_MEDIA },
    signal,
  );
  if (status === 200) {
    return { name, contentType: headers['content-type'] ?? contentType, disposition, content: body };
  }
  const said = `The address of the file answered ${status}.`;
  if (status === 429) throw new ChannelError('rate_limited', said);
  // Nothing is done twice by asking again.
  throw new ChannelError(status >= 500 || status === 408 ? 'unavailable' : 'rejected_permanently', said);
};
