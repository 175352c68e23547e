/** Names of languages and regions in the reader's language; an unknown code shows itself. */
function displayName(type: 'language' | 'region', code: string, locale: string): string {
  try {
    return new Intl.DisplayNames(locale, { type, fallback: 'code' }).of(code) ?? code;
  } catch {
    return code;
  }
}

export const languageName = (tag: string, locale: string): string => displayName('language', tag, locale);

/** `CN`, `us`; also `CN-GD`, of which only the country has a name here. */
export function regionName(code: string, locale: string): string {
  const [country, ...parts] = code.split('-');
  const name =
    country && /^[a-z]{2}$/i.test(country) ? displayName('region', country.toUpperCase(), locale) : code;
  return parts.length > 0 && name !== code ? `${name} (${parts.join('-')})` : name;
}
