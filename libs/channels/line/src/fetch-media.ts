import {
  ChannelError,
  type ChannelResponse,
  type FetchMedia,
  type MediaReference,
  readPayload,
  textAt,
} from '@tributary/channel-sdk';
import { withAccessToken } from './access-token.js';
import { lineError } from './api-errors.js';

/** LINE prepares videos and recordings for some seconds. */
const PREPARING_MS = 5000;
/** LINE itself lets people send files of up to 1 GB; what is larger than this stays there. */
const LARGEST_FILE = 25 * 1024 * 1024;

/** LINE deletes contents after a time that it does not tell, so they are fetched at once. */
export const fetchLineContent: FetchMedia = async (media, inbox, ports, signal) => {
  const { name, contentType, disposition } = media;
  const limits = { timeoutMs: 60_000, maxBytes: LARGEST_FILE };
  // Somebody else's server: our token is none of its business.
  if (/^https:\/\//i.test(media.id)) {
    const response = await ports.http.request({ method: 'GET', url: media.id, ...limits }, signal);
    if (response.status !== 200) {
      const code = response.status >= 500 ? 'unavailable' : 'rejected_permanently';
      throw new ChannelError(code, `The file’s own server answered with status ${response.status}.`);
    }
    return { name, contentType: typeOf(response) ?? contentType, content: response.body, disposition };
  }
  const url = `https://api-data.line.me/v2/bot/message/${encodeURIComponent(media.id)}/content`;
  const get = (address: string) =>
    withAccessToken(inbox, ports, signal, (token) =>
      ports.http.request(
        { method: 'GET', url: address, headers: { authorization: `Bearer ${token}` }, ...limits },
        signal,
      ),
    );
  const response = await get(url);
  if (response.status === 200) {
    return { name, contentType: typeOf(response) ?? contentType, content: response.body, disposition };
  }
  if (response.status === 202 || (response.status === 404 && isTranscoded(media))) {
    const { body } = await get(`${url}/transcoding`);
    const status = textAt(readPayload(body), 'status');
    // `succeeded`: it became ready between the two calls.
    if (status === 'processing' || status === 'succeeded') {
      throw new ChannelError('unavailable', 'LINE is still preparing the file.', PREPARING_MS);
    }
    throw new ChannelError('rejected_permanently', 'LINE could not prepare the file.');
  }
  throw lineError(response, ports.now());
};

function isTranscoded({ contentType }: MediaReference): boolean {
  return /^(?:video|audio)\//.test(contentType);
}

function typeOf({ headers }: ChannelResponse): string | undefined {
  const type = headers['content-type']?.split(';')[0]?.trim();
  return type === undefined || type === 'application/octet-stream' ? undefined : type;
}
