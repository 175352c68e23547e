import { parseXml, XmlDocumentType, XmlElement, XmlText } from '@rgrove/parse-xml';

/** Fields of a pushed message by name; those within others have dots: `ScanCodeInfo.ScanResult`. */
export type Push = Readonly<Record<string, string>>;

/** Larger than anything these vendors push; strangers' bytes over it are not even parsed. */
export const MAX_PUSH_BYTES = 1_000_000;
const MAX_DEPTH = 8;
/** XML 1.0 forbids these even in CDATA; customers' texts have them all the same. */
// oxlint-disable-next-line no-control-regex
const NO_XML_CHARACTER = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g;

/**
 * A body that the vendor pushed, as XML or JSON; null when it is neither.
 *
 * A document type is refused, and with it every entity that a sender could define (XXE, entity bombs).
 */
export function readPush(body: Uint8Array | string): Push | null {
  if (body.length > MAX_PUSH_BYTES) return null;
  const text = typeof body === 'string' ? body : new TextDecoder().decode(body);
  try {
    return text.trimStart().startsWith('{') ? readJson(text) : readXml(text);
  } catch {
    return null;
  }
}

function readXml(given: string): Push | null {
  const text = given.toWellFormed().replace(NO_XML_CHARACTER, '\uFFFD').trim();
  return readFlatXml(text) ?? readAnyXml(text);
}

/** A field as the vendors write nearly all; nothing in it could end it, stand for something else, or be normalized. */
const FLAT_FIELD = /<([A-Za-z]\w{0,63})>(?:<!\[CDATA\[([^\]\r]*)\]\]>|([^<>&\]\r]*))<\/\1>[ \t\n]*/y;
const FLAT_BEGIN = /^<xml>[ \t\n]*/;
const FLAT_END = '</xml>';

/**
 * What `readAnyXml` makes of a document that has one level of plain fields and nothing else; null for any other. A
 * sealed callback is read twice, and the parser took a third of the time in which one is verified and read.
 */
function readFlatXml(text: string): Push | null {
  const begin = FLAT_BEGIN.exec(text)?.[0].length;
  if (begin === undefined || !text.endsWith(FLAT_END)) return null;
  const fields: Record<string, string> = {};
  const end = text.length - FLAT_END.length;
  for (let at = begin; at < end; at = FLAT_FIELD.lastIndex) {
    FLAT_FIELD.lastIndex = at;
    const [, name, verbatim, plain] = FLAT_FIELD.exec(text) ?? [];
    if (name === undefined) return null;
    fields[name] ??= verbatim ?? plain ?? '';
  }
  return fields;
}

function readAnyXml(text: string): Push | null {
  const document = parseXml(text, { preserveDocumentType: true });
  if (document.children.some((node) => node instanceof XmlDocumentType)) return null;
  if (document.root?.name !== 'xml') return null;
  const fields: Record<string, string> = {};
  collectElements(document.root, '', fields, 0);
  return fields;
}

function collectElements(
  parent: XmlElement,
  prefix: string,
  fields: Record<string, string>,
  depth: number,
): void {
  for (const child of parent.children) {
    if (!(child instanceof XmlElement)) continue;
    const name = `${prefix}${child.name}`;
    const isLeaf = !child.children.some((node) => node instanceof XmlElement);
    if (isLeaf) fields[name] ??= textOf(child);
    else if (depth < MAX_DEPTH) collectElements(child, `${name}.`, fields, depth + 1);
  }
}

function textOf(element: XmlElement): string {
  return element.children.map((node) => (node instanceof XmlText ? node.text : '')).join('');
}

function readJson(text: string): Push | null {
  const value = parseExact(text);
  if (typeof value !== 'object' || value === null) return null;
  const fields: Record<string, string> = {};
  collectMembers(value, '', fields, 0);
  return fields;
}

function collectMembers(parent: object, prefix: string, fields: Record<string, string>, depth: number): void {
  for (const [key, value] of Object.entries(parent) as [string, unknown][]) {
    const name = `${prefix}${key}`;
    if (typeof value === 'string') fields[name] = value.replaceAll('\0', '\uFFFD').toWellFormed();
    else if (typeof value === 'number' || typeof value === 'boolean') fields[name] = String(value);
    else if (typeof value === 'object' && value !== null && depth < MAX_DEPTH)
      collectMembers(value, `${name}.`, fields, depth + 1);
  }
}

/** Numbers past 2^53 as they were written: MsgId is a 64-bit number, and rounded it would be another message's. */
export function parseExact(text: string): unknown {
  const parse = JSON.parse as (
    text: string,
    reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
  ) => unknown;
  return parse(text, (_key, value, { source }) =>
    typeof value === 'number' && !Number.isSafeInteger(value) && source !== undefined ? source : value,
  );
}
