/** PostgreSQL's text holds no NUL, and JSON's unpaired surrogates are no UTF-8: both are replaced, nothing is cut. */
export function storableText(text: string): string {
  return text.replaceAll('\0', '\uFFFD').toWellFormed();
}

/** `storableText` for every text of a JSON value, names of properties included. */
export function storableJson<T>(value: T): T {
  return storableValue(value) as T;
}

function storableValue(value: unknown): unknown {
  if (typeof value === 'string') return storableText(value);
  if (Array.isArray(value)) return value.map(storableValue);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, of]) => [storableText(name), storableValue(of)]),
  );
}

/** The first `units` UTF-16 units of a well-formed text, one less where that would halve a character. */
export function clip(text: string, units: number): string {
  const cut = text.slice(0, units);
  return cut.isWellFormed() ? cut : cut.slice(0, -1);
}

/** One line for a list: white space folded, at most 140 characters, never half a character. */
export function snippetOf(text: string): string {
  const line = text.replaceAll(/\s+/gu, ' ').trim();
  const characters = [...line.slice(0, 300)];
  return characters.length <= 140 ? characters.join('') : `${characters.slice(0, 139).join('')}…`;
}

/**
 * The language by its script where that decides: kana is Japanese, Hangul Korean, Han alone Chinese. Latin and
 * others decide nothing here.
 *
 * @returns a BCP 47 primary tag, or null.
 */
export function languageByScript(text: string): string | null {
  const sample = text.slice(0, 2000);
  if (/[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(sample)) return 'ja';
  if (/\p{Script=Hangul}/u.test(sample)) return 'ko';
  if (/\p{Script=Han}/u.test(sample)) return 'zh';
  return null;
}
