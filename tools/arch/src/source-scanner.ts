/** How a module names another one. Types vanish when the code runs; the other kinds do not. */
export interface ImportStatement {
  readonly specifier: string;
  readonly typeOnly: boolean;
  readonly line: number;
}

const CLAUSE = String.raw`((?:(?!\b(?:import|export)\b)[^;'"\`()])*?)`;
const FROM = new RegExp(String.raw`\b(import|export)\b${CLAUSE}\bfrom\s*(['"])`, 'g');
const BARE = /\bimport\s*(['"])/g;
const CALL = /\b(import|require|require\.resolve|import\.meta\.resolve)\s*\(\s*(['"`])/g;

/**
 * Every import of a source text: static, type, re-export, side effect, `import()`, `require()` and both `resolve()`.
 * Works on the text alone: the compiler has no programming interface in the version that builds us.
 */
export function findImports(source: string): ImportStatement[] {
  const code = maskSource(source);
  const found: ImportStatement[] = [];
  const add = (match: RegExpExecArray, quote: string, typeOnly: boolean): void => {
    const start = match.index + match[0].length;
    const end = code.indexOf(quote, start);
    if (end < 0) return;
    const line = source.slice(0, match.index).split('\n').length;
    found.push({ specifier: source.slice(start, end), typeOnly, line });
  };
  for (const match of code.matchAll(FROM)) add(match, match[3]!, isTypeClause(match[2]!));
  for (const match of code.matchAll(BARE)) add(match, match[1]!, false);
  for (const match of code.matchAll(CALL)) add(match, match[2]!, isTypeQuery(code, match));
  return found.sort((a, b) => a.line - b.line);
}

/** `type X`, `type { X }`, or `{ type X, type Y }`: nothing of it is there at run time. */
function isTypeClause(clause: string): boolean {
  const text = clause.trim();
  if (/^type\b(?!\s*(?:,|$))/.test(text)) return true;
  const names = /^\{([^}]*)\}$/
    .exec(text)?.[1]
    ?.split(',')
    .map((name) => name.trim());
  const named = names?.filter((name) => name !== '') ?? [];
  return named.length > 0 && named.every((name) => name.startsWith('type '));
}

/** `typeof import('x')` and `let a: import('x').B` name a type; what stands before tells. */
function isTypeQuery(code: string, match: RegExpExecArray): boolean {
  const before = code.slice(0, match.index).trimEnd();
  return (
    match[1] === 'import' &&
    (/\btypeof$/.test(before) || /[:<|&]$/.test(before)) &&
    !/\?[^:;]*:$/.test(before)
  );
}

/**
 * The same text with comments and the insides of strings, templates and regular expressions replaced by spaces, so
 * that a search finds code alone; offsets and lines stay. JSX text is read as code: an apostrophe in it opens no
 * string, because a string ends on its line.
 */
export function maskSource(source: string): string {
  const out = source.split('');
  const blank = (from: number, to: number): void => {
    for (let at = from; at < to; at += 1) if (out[at] !== '\n') out[at] = ' ';
  };
  const braces: boolean[] = []; // of the open braces: does this one end an expression inside a template?
  let at = 0;
  const template = (start: number): number => {
    const end = endOfTemplatePart(source, start);
    blank(start, end);
    if (source.startsWith('${', end)) braces.push(true);
    return source.startsWith('${', end) ? end + 2 : end + 1;
  };
  while (at < source.length) {
    const char = source[at]!;
    const end = endOfOpaque(source, at);
    if (char === '`') at = template(at + 1);
    else if (char === '}' && braces.pop() === true) at = template(at + 1);
    else if (end !== undefined) {
      const isQuoted = char === "'" || char === '"';
      blank(isQuoted ? at + 1 : at, isQuoted ? end - 1 : end);
      at = end;
    } else {
      if (char === '{') braces.push(false);
      at += 1;
    }
  }
  return out.join('');
}

/** Where a comment, a quoted string or a regular expression that begins here ends; undefined if none begins. */
function endOfOpaque(source: string, at: number): number | undefined {
  const rest = (pattern: RegExp): number | undefined => {
    pattern.lastIndex = at;
    return pattern.test(source) ? pattern.lastIndex : undefined;
  };
  if (source.startsWith('//', at) && source[at - 1] !== ':') return rest(/[^\n]*/y);
  if (source.startsWith('/*', at)) return rest(/\/\*[\s\S]*?\*\//y) ?? source.length;
  if (source[at] === "'") return rest(/'(?:[^'\\\n]|\\[\s\S])*'/y);
  if (source[at] === '"') return rest(/"(?:[^"\\\n]|\\[\s\S])*"/y);
  if (source[at] === '/' && beginsPattern(source.slice(Math.max(0, at - 200), at))) {
    return rest(/\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y);
  }
  return undefined;
}

/** After a value `/` divides; after an operator, a bracket or a keyword it opens a regular expression. */
function beginsPattern(before: string): boolean {
  const text = before.trimEnd();
  if (text === '' || /[=(,:[!&|?{};+\-*%~^<>]$/.test(text)) return !text.endsWith('<');
  return /\b(?:return|typeof|case|in|of|do|else|yield|await|void|delete|throw|new)$/.test(text);
}

function endOfTemplatePart(source: string, start: number): number {
  for (let at = start; at < source.length; at += 1) {
    if (source[at] === '\\') at += 1;
    else if (source[at] === '`' || source.startsWith('${', at)) return at;
  }
  return source.length;
}
