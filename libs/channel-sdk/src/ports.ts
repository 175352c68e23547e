/** What a channel is given for its way to the provider: it reaches for nothing itself. Bound to one inbox. */
export interface ChannelPorts {
  readonly http: ChannelHttp;
  readonly tokens: AccessTokens;
  /** Where the provider calls this inbox, absolute; absent where the installation has no public address. */
  readonly hookUrl?: string;
  /**
   * For providers that fetch files themselves: an address of a file of the message being sent that anyone can open for
   * 30 days, with the file's content type and no sign-in. Absent where the installation has no public https address.
   *
   * @param file one of the delivery's own.
   */
  readonly fileLink?: (file: OutboundFile) => string;
  now(): Date;
}

/** A file of a reply, opened. */
export interface OutboundFile {
  readonly name: string;
  readonly contentType: string;
  readonly content: Uint8Array;
}

export interface ChannelRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Absolute, the provider's own: the host sends it elsewhere when the installation says so (a proxy, a simulator). */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  /** For the whole exchange; 10,000 by default. */
  readonly timeoutMs?: number;
  /** Of the answer's body; 1 MB by default. */
  readonly maxBytes?: number;
}

export interface ChannelResponse {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Requests to providers. Redirects are followed for GET alone, to public addresses, without the headers given. */
export interface ChannelHttp {
  /**
   * @throws ChannelError `unavailable` when nothing was sent, `unknown_outcome` when the request may have arrived,
   *   `rejected_permanently` for a private address or an answer over `maxBytes`.
   */
  request(request: ChannelRequest, signal: AbortSignal): Promise<ChannelResponse>;
}

export interface AccessToken {
  readonly value: string;
  readonly expiresInMs: number;
}

/** Access tokens that providers give for a time; all replicas of an installation share one an inbox. */
export interface AccessTokens {
  /**
   * The token under this name, obtained when there is none or it is about to expire. One replica obtains, others wait.
   *
   * @param refused a token that the provider no longer takes: another is obtained unless somebody did already.
   */
  get(name: string, obtain: () => Promise<AccessToken>, refused?: string): Promise<string>;
}
