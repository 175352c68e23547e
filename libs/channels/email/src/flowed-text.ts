/** Header lines of parts up to the first nested mail, whose bytes are a file and stay as they are. */
const NESTED_MAIL = /^content-type:\s*message\/rfc822/im;
const CONTENT_TYPE = /^content-type:[^\n]*(?:\r?\n[ \t][^\n]*)*/gim;
/** Bodies come first in a mail: no need to search its attachments. */
const SEARCH_BYTES = 1024 * 1024;

export interface FlowedMail {
  readonly bytes: Uint8Array;
  /** The text part says `format=flowed`; `delsp` says that the space at a soft end belongs to the break. */
  readonly flowed?: { readonly delsp: boolean };
}

/**
 * Hides `format=flowed` from the MIME parser, which joins soft line ends without looking at quote depth: the
 * last quoted line and the answer below it become one quoted line. `joinFlowedLines` does it instead.
 */
export function hideFlowed(raw: Uint8Array): FlowedMail {
  const start = Buffer.from(raw.buffer, raw.byteOffset, Math.min(raw.byteLength, SEARCH_BYTES)).toString(
    'latin1',
  );
  if (!/format\s*=\s*"?flowed/i.test(start)) return { bytes: raw };
  const end = NESTED_MAIL.exec(start)?.index ?? start.length;
  let delsp: boolean | undefined;
  const hidden = start.slice(0, end).replace(CONTENT_TYPE, (header) =>
    header.replace(/(;\s*format\s*=\s*"?)flowed/i, (_match, before: string) => {
      delsp ??= /;\s*delsp\s*=\s*"?yes/i.test(header);
      // The same length, so that nothing else moves.
      return `${before}fixed_`;
    }),
  );
  if (delsp === undefined) return { bytes: raw };
  const bytes = Uint8Array.from(raw);
  bytes.set(Buffer.from(hidden, 'latin1'));
  return { bytes, flowed: { delsp } };
}

/** RFC 3676, 4: a line that ends with a space goes on in the next line of the same quote depth. */
export function joinFlowedLines(text: string, delsp: boolean): string {
  const joined: { depth: number; text: string; soft: boolean }[] = [];
  for (const line of text.split(/\r?\n/)) {
    const depth = /^>*/.exec(line)?.[0].length ?? 0;
    const content = line.slice(depth).replace(/^ /, '');
    const isSignature = content === '-- ';
    const soft = content.endsWith(' ') && !isSignature;
    const previous = joined.at(-1);
    if (previous?.soft && previous.depth === depth && !isSignature) {
      previous.text = `${delsp ? previous.text.slice(0, -1) : previous.text}${content}`;
      previous.soft = soft;
    } else {
      joined.push({ depth, text: content, soft });
    }
  }
  return joined
    .map((line) => (line.depth > 0 ? `${'>'.repeat(line.depth)} ${line.text}` : line.text))
    .join('\n');
}
