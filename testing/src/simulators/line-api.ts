import { randomBytes, randomUUID } from 'node:crypto';
import { jsonAnswer, type VendorAnswer, type VendorRequest } from './vendor-server.js';

/** What the bot pushed, as its chat shows it. */
export interface PushedMessage {
  readonly id: string;
  readonly to: string;
  /** Empty for a picture. */
  readonly text: string;
  /** Of a picture. */
  readonly originalContentUrl?: string;
}

export interface LineContent {
  readonly content: Uint8Array;
  readonly contentType: string;
  /** Questions that are still answered with `processing`. */
  preparing: number;
  isGone?: boolean;
}

export interface LineAccount {
  readonly channelId: string;
  readonly channelSecret: string;
  /** Tokens that are taken; the long-lived one is the first. */
  readonly tokens: Set<string>;
  readonly contents: ReadonlyMap<string, LineContent>;
  /** Whom the account can write to, and whether they blocked it. */
  readonly chats: ReadonlyMap<string, { readonly isBlocked: boolean }>;
  readonly pushed: PushedMessage[];
  /** Messages that the plan has left this month; a push counts one a recipient. */
  quota: number;
}

interface Pushed {
  readonly type?: string;
  readonly text?: string;
  readonly originalContentUrl?: string;
  readonly previewImageUrl?: string;
}

interface Accepted {
  readonly requestId: string;
  readonly sentMessages: readonly { readonly id: string; readonly quoteToken: string }[];
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The Messaging API of one channel, both of its hosts. */
export class LineApi {
  readonly #accepted = new Map<string, Accepted>();

  constructor(private readonly account: LineAccount) {}

  answer(request: VendorRequest): VendorAnswer {
    const { method, path, headers } = request;
    if (path === '/oauth2/v3/token') return this.#token(request);
    const token = /^Bearer (.+)$/.exec(headers['authorization'] ?? '')?.[1];
    if (token === undefined || !this.account.tokens.has(token)) {
      return refusal(401, 'Authentication failed due to the following reason: invalid token.');
    }
    if (method === 'POST' && path === '/v2/bot/message/push') return this.#push(request);
    const [, id, part] = /^\/v2\/bot\/message\/(\w+)\/content(\/transcoding)?$/.exec(path) ?? [];
    if (method === 'GET' && id !== undefined) return this.#content(id, part !== undefined);
    return refusal(404, 'Not found');
  }

  #token({ body }: VendorRequest): VendorAnswer {
    const form = new URLSearchParams(body.toString());
    const isKnown =
      form.get('grant_type') === 'client_credentials' &&
      form.get('client_id') === this.account.channelId &&
      form.get('client_secret') === this.account.channelSecret;
    if (!isKnown) {
      const described = { error: 'invalid_client', error_description: 'invalid client_secret' };
      return jsonAnswer(400, described);
    }
    const token = `stateless-${randomBytes(30).toString('base64url')}`;
    this.account.tokens.add(token);
    return jsonAnswer(200, { token_type: 'Bearer', access_token: token, expires_in: 900 });
  }

  #push({ headers, body }: VendorRequest): VendorAnswer {
    const key = headers['x-line-retry-key'];
    if (key !== undefined && !UUID.test(key)) return refusal(400, 'Invalid retry key');
    const before = key === undefined ? undefined : this.#accepted.get(key);
    if (before !== undefined) {
      const { requestId, sentMessages } = before;
      const known = { message: 'The retry key is already accepted', sentMessages };
      return jsonAnswer(409, known, { 'x-line-accepted-request-id': requestId });
    }
    const { to, messages } = JSON.parse(body.toString()) as {
      readonly to?: string;
      readonly messages?: readonly Pushed[];
    };
    const fault = faultOf(messages);
    if (fault !== undefined) return fault;
    const chat = this.account.chats.get(to ?? '');
    if (chat === undefined) {
      return refusal(400, "The property, 'to', in the request body is invalid (line: -, column: -)");
    }
    if (this.account.quota <= 0) return refusal(429, 'You have reached your monthly limit.');
    return this.#accept(key, to!, messages!, chat.isBlocked);
  }

  /** Who blocked the account gets nothing, and the account hears nothing of that. */
  #accept(
    key: string | undefined,
    to: string,
    messages: readonly Pushed[],
    isBlocked: boolean,
  ): VendorAnswer {
    this.account.quota -= isBlocked ? 0 : 1;
    const sentMessages = messages.map(({ text = '', originalContentUrl }) => {
      const id = String(BigInt(`0x${randomBytes(7).toString('hex')}`));
      if (!isBlocked) {
        const picture = originalContentUrl === undefined ? {} : { originalContentUrl };
        this.account.pushed.push({ id, to, text, ...picture });
      }
      return { id, quoteToken: randomBytes(8).toString('hex') };
    });
    const requestId = randomUUID();
    if (key !== undefined) this.#accepted.set(key, { requestId, sentMessages });
    return jsonAnswer(200, { sentMessages }, { 'x-line-request-id': requestId });
  }

  #content(id: string, isQuestion: boolean): VendorAnswer {
    const content = this.account.contents.get(id);
    if (content === undefined) return refusal(404, 'Not found');
    if (content.isGone === true) return refusal(410, 'Gone');
    const isPreparing = content.preparing > 0;
    if (isQuestion) {
      content.preparing -= isPreparing ? 1 : 0;
      return jsonAnswer(200, { status: isPreparing ? 'processing' : 'succeeded' });
    }
    if (isPreparing) return { status: 202, body: '' };
    return { status: 200, headers: { 'content-type': content.contentType }, body: content.content };
  }
}

function faultOf(messages: readonly Pushed[] | undefined): VendorAnswer | undefined {
  const details: { readonly message: string; readonly property: string }[] = [];
  if (messages === undefined || messages.length < 1 || messages.length > 5) {
    details.push({ message: 'Size must be between 1 and 5', property: 'messages' });
  }
  for (const [at, { type, text = '', ...picture }] of (messages ?? []).entries()) {
    const property = `messages[${at}].text`;
    if (type === 'image') details.push(...pictureFaults(picture, `messages[${at}]`));
    else if (type !== 'text')
      details.push({ message: 'Must be one of the following values: [text, image]', property });
    else if (text.trim() === '') details.push({ message: 'May not be empty', property });
    else if (text.length > 5000) details.push({ message: 'Length must be between 0 and 5000', property });
  }
  const message = `The request body has ${details.length} error(s)`;
  return details.length === 0 ? undefined : jsonAnswer(400, { message, details });
}

/** Both addresses: https, at most 2,000 characters. */
function pictureFaults(
  { originalContentUrl, previewImageUrl }: Pushed,
  property: string,
): { readonly message: string; readonly property: string }[] {
  return Object.entries({ originalContentUrl, previewImageUrl }).flatMap(([name, url = '']) =>
    url.startsWith('https://') && url.length <= 2000
      ? []
      : [{ message: 'Must be a valid HTTPS URL', property: `${property}.${name}` }],
  );
}

function refusal(status: number, message: string): VendorAnswer {
  return jsonAnswer(status, { message });
}
