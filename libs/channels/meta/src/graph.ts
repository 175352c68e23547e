import { createHash, createHmac } from 'node:crypto';
import { ChannelError, type ChannelPorts, type ChannelRequest } from '@tributary/channel-sdk';
import { graphError } from './graph-errors.js';
import { isObject, type Json, parseJson } from './json.js';
import type { MetaSettings } from './settings.js';

const ORIGIN = 'https://graph.facebook.com';
/** Uploads of files take longer than a call. */
const UPLOAD_TIMEOUT_MS = 120_000;

/** The Graph API for one inbox, for the length of one send or fetch. */
export interface Graph {
  /** @throws ChannelError by what Meta answered. */
  get(path: string, query?: Readonly<Record<string, string>>): Promise<Json>;
  post(path: string, body: Readonly<Record<string, unknown>>): Promise<Json>;
  /** A form with one file, `multipart/form-data`. */
  upload(path: string, fields: Readonly<Record<string, string>>, file: FormFile): Promise<Json>;
}

export interface FormFile {
  readonly field: string;
  readonly name: string;
  readonly contentType: string;
  readonly content: Uint8Array;
}

export function openGraph(settings: MetaSettings, { http }: ChannelPorts, signal: AbortSignal): Graph {
  if (settings.accessToken === '' || settings.appSecret === '') {
    throw new ChannelError('bad_credentials', 'The inbox has no access token or no app secret.');
  }
  // Without it a token that leaked works for anybody; an app can be set to refuse calls without it.
  const proof = createHmac('sha256', settings.appSecret).update(settings.accessToken).digest('hex');
  const headers = { authorization: `Bearer ${settings.accessToken}` };
  const urlOf = (path: string, query: Readonly<Record<string, string>> = {}) =>
    `${ORIGIN}/${settings.version}/${path}?${new URLSearchParams({ ...query, appsecret_proof: proof }).toString()}`;
  const call = async (request: ChannelRequest): Promise<Json> => {
    if (signal.aborted) throw new ChannelError('unavailable', 'Stopped before it began.');
    const response = await http.request(request, signal);
    const body = parseJson(response.body);
    const isDone =
      response.status >= 200 && response.status < 300 && isObject(body) && body.error === undefined;
    if (!isDone) throw graphError(response);
    return body;
  };
  return {
    get: (path, query) => call({ method: 'GET', url: urlOf(path, query), headers }),
    post: (path, body) =>
      call({
        method: 'POST',
        url: urlOf(path),
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    upload: (path, fields, file) => {
      const form = formOf(fields, file);
      return call({
        method: 'POST',
        url: urlOf(path),
        headers: { ...headers, 'content-type': form.contentType },
        body: form.body,
        timeoutMs: UPLOAD_TIMEOUT_MS,
      });
    },
  };
}

function formOf(fields: Readonly<Record<string, string>>, file: FormFile) {
  // Made from the content, so that it cannot stand in it.
  const boundary = `tributary-${createHash('sha256').update(file.content).digest('hex').slice(0, 40)}`;
  const texts = Object.entries(fields).map(
    ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  // As browsers escape names (HTML standard, multipart/form-data encoding algorithm).
  const name = file.name.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="${file.field}"; filename="${name}"\r\nContent-Type: ${file.contentType}\r\n\r\n`;
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    body: Buffer.concat([
      Buffer.from(texts.join('')),
      Buffer.from(head),
      file.content,
      Buffer.from(`\r\n--${boundary}--\r\n`),
    ]),
  };
}
