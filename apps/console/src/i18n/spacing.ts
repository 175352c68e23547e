const START = '\uE000';
const END = '\uE001';

/** Marks where a value begins and ends, so that `spaced` can tell our words from what was put into them. */
export const markValues = (values: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'string' && value !== '' ? `${START}${value}${END}` : value,
    ]),
  );

/**
 * Chinese is set without spaces, but a Latin name or word in it stands off by one. Only the seams between our words
 * and a value are touched: what people wrote is shown as they wrote it.
 */
export const spaced = (text: string): string =>
  text
    .replace(/(?<=\p{Script=Han})\uE000(?=\uE000*\p{Script=Latin})/gu, ' ')
    .replace(/(?<=\p{Script=Latin})\uE001(?=\uE001*\p{Script=Han})/gu, ' ')
    .replace(/[\uE000\uE001]/g, '');
