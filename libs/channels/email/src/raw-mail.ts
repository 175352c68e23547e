const CR = 0x0d;
const LF = 0x0a;
/** Lines longer than any header are no reason to search a 30 MB body for the end of the header. */
const HEADER_SEARCH_BYTES = 2 * 1024 * 1024;

/**
 * The bytes with two faults of old mail programs mended, so that a parser can read them: lines that end with CR
 * alone, and header bytes above 127 that are not UTF-8. The original is what is kept; this is what is read.
 */
export function readableHeaders(raw: Uint8Array): Uint8Array {
  const bytes = withLineFeeds(raw);
  const end = headerEnd(bytes);
  const header = bytes.subarray(0, end);
  if (!header.some((byte) => byte > 127) || isMostlyUtf8(header)) return bytes;
  const decoded = new TextEncoder().encode(decodeHeader(header));
  const whole = new Uint8Array(decoded.length + bytes.length - end);
  whole.set(decoded);
  whole.set(bytes.subarray(end), decoded.length);
  return whole;
}

/** A file of CR lines (classic Mac OS) has no LF anywhere in its header. */
function withLineFeeds(raw: Uint8Array): Uint8Array {
  const start = raw.subarray(0, 64 * 1024);
  if (start.includes(LF) || !start.includes(CR)) return raw;
  return raw.map((byte) => (byte === CR ? LF : byte));
}

/** Index after the header's last line. */
export function headerEnd(bytes: Uint8Array): number {
  const limit = Math.min(bytes.length, HEADER_SEARCH_BYTES);
  for (let at = 0; at < limit; at++) {
    if (bytes[at] !== LF) continue;
    const next = bytes[at + 1] === CR ? at + 2 : at + 1;
    if (bytes[next] === LF) return at + 1;
  }
  return limit;
}

/** A header cut in the middle of a character is UTF-8 all the same. */
function isMostlyUtf8(header: Uint8Array): boolean {
  const text = new TextDecoder().decode(header);
  const broken = text.match(/\ufffd/g)?.length ?? 0;
  const whole = text.match(/(?!\ufffd)\P{ASCII}/gu)?.length ?? 0;
  return broken === 0 || broken * 2 <= whole;
}

/**
 * RFC 5322 allows no such bytes, so nothing says what they mean. The charset that the body names is the best
 * witness; without one, bytes above 127 that always come in pairs are Chinese, and single ones Western European.
 */
function decodeHeader(header: Uint8Array): string {
  const latin = new TextDecoder('latin1').decode(header);
  const named = /^content-type:[^\n]*(?:\n[ \t][^\n]*)*?charset="?([\w.:-]+)/im.exec(latin)?.[1];
  const guess = /(?<![\x80-\xff])(?:[\x80-\xff]{2})*[\x80-\xff](?![\x80-\xff])/.test(latin)
    ? 'windows-1252'
    : 'gb18030';
  for (const charset of [named, guess]) {
    if (charset === undefined || /^(us-ascii|utf-?8)$/i.test(charset)) continue;
    try {
      return new TextDecoder(charset).decode(header);
    } catch {
      // A name that nobody knows: the guess is next.
    }
  }
  return latin;
}
