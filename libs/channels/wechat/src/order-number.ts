/** Names of page parameters that hold an order's number, in lower case without `_` and `-`. */
const ORDER_PARAMETERS = new Set([
  ...['orderno', 'ordernum', 'ordernumber', 'orderid', 'ordersn', 'ordercode', 'order'],
  ...['outtradeno', 'tradeno', 'tradeid', 'transactionid', 'dingdanhao'],
]);
/** These say it only on a page about orders. */
const PLAIN_PARAMETERS = new Set(['id', 'no', 'sn', 'code', 'number']);
const NUMBER = /^(?=.*\d)[A-Za-z0-9][A-Za-z0-9_-]{3,63}$/;
const IN_TITLE =
  /(?:订单(?:编?号|编码)?|單號|单号|order\s*(?:number|no\.?|id|#)?)\s*[:：#]?\s*#?((?=[A-Za-z-]*\d)[A-Za-z0-9][A-Za-z0-9-]{3,63})/iu;

/** What a shop says of its order numbers. */
export interface OrderRules {
  /** The shop's own names of the page's parameter; they go before the usual ones. */
  readonly names: readonly string[];
  /** What its numbers look like, `#` for a digit and `@` for a letter: only what fits one is an order. Empty: anything. */
  readonly patterns: readonly string[];
}

/**
 * The order that a mini-program card is about: a parameter of its page, a part of the page's path behind `order`, or
 * a number that its title calls one. Undefined when nothing says so: a guess would send the agent to a stranger's
 * order. Where the shop says what its numbers look like, that alone decides.
 */
export function findOrderNumber(
  page: string,
  title: string,
  { names, patterns }: OrderRules,
): string | undefined {
  if (patterns.length > 0) {
    const path = (page.split('?')[0] ?? '').split('/');
    const values = parametersOf(page).map(([, value]) => value);
    const words = title.match(/[A-Za-z0-9_-]+/g) ?? [];
    return [...values, ...path, ...words].find((text) => patterns.some((each) => fits(text, each)));
  }
  return inParameters(page, names) ?? inPath(page) ?? IN_TITLE.exec(title)?.[1];
}

/** Characters of a pattern: those of numbers, and the two that stand for many. */
export const ORDER_PATTERN = /^(?=.*[#@])[A-Za-z0-9#@_-]{3,64}$/;

function fits(text: string, pattern: string): boolean {
  return (
    text.length === pattern.length &&
    [...pattern].every((sign, at) => {
      const given = text[at] ?? '';
      if (sign === '#') return /\d/.test(given);
      return sign === '@' ? /[A-Za-z]/.test(given) : sign === given;
    })
  );
}

function parametersOf(page: string): [string, string][] {
  const [path = '', query = path.includes('=') ? path : ''] = page.split('?', 2);
  const parameters = [...new URLSearchParams(query)];
  // A code scanned with the camera packs its parameters into one, `scene`, encoded once more.
  const scene = parameters.find(([name]) => name === 'scene')?.[1] ?? '';
  return [...parameters, ...new URLSearchParams(scene.includes('=') ? scene : '')];
}

function inParameters(page: string, ownNames: readonly string[]): string | undefined {
  const [path = ''] = page.split('?', 1);
  const all = parametersOf(page);
  const own = new Set(ownNames.map(plainName));
  const find = (names: ReadonlySet<string>) =>
    all.find(([name, value]) => names.has(plainName(name)) && NUMBER.test(value))?.[1];
  return find(own) ?? find(ORDER_PARAMETERS) ?? (isAboutOrders(path) ? find(PLAIN_PARAMETERS) : undefined);
}

function inPath(page: string): string | undefined {
  const parts = (page.split('?')[0] ?? '').split('/');
  const at = parts.findLastIndex(isAboutOrders);
  return at < 0
    ? undefined
    : parts.slice(at + 1).find((part) => /^[A-Za-z]{0,4}-?\d[A-Za-z0-9-]{5,63}$/.test(part));
}

function isAboutOrders(path: string): boolean {
  return /order|dingdan|trade/i.test(path);
}

function plainName(name: string): string {
  return name.toLowerCase().replaceAll(/[_-]/g, '');
}
