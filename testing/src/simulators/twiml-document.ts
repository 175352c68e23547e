/** An element of a TwiML document; text stands where there are no children. */
export interface TwimlVerb {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly text: string;
  readonly verbs: readonly TwimlVerb[];
}

/**
 * Reads a document as Twilio takes them.
 *
 * @throws Error where Twilio would say 12100 (document parse failure) or 12200 (schema validation).
 */
export function readTwiml(document: string): readonly TwimlVerb[] {
  const tokens = document.replace(/^\s*<\?xml[^>]*\?>/, '').matchAll(/<(\/?)(\w+)([^<>]*?)(\/?)>|([^<>]+)/g);
  const root: Open = { name: '', attributes: {}, text: '', verbs: [] };
  const open: Open[] = [root];
  for (const [, closes, name = '', attributes = '', empty, text] of tokens) {
    const inner = open.at(-1)!;
    if (text !== undefined) inner.text += unescaped(text);
    else if (closes) {
      if (open.pop()?.name !== name) throw new Error(`12100: </${name}> closes nothing`);
    } else {
      const verb: Open = { name, attributes: attributesIn(attributes), text: '', verbs: [] };
      inner.verbs.push(verb);
      if (!empty) open.push(verb);
    }
  }
  const [response] = root.verbs;
  if (open.length !== 1 || response?.name !== 'Response' || root.verbs.length !== 1) {
    throw new Error('12100: the document has no Response');
  }
  for (const { name } of response.verbs) {
    if (!VERBS.has(name)) throw new Error(`12200: there is no verb ${name}`);
  }
  return response.verbs;
}

interface Open {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  text: string;
  readonly verbs: Open[];
}

const VERBS = new Set([
  ...['Say', 'Play', 'Pause', 'Gather', 'Record', 'Enqueue', 'Leave', 'Dial', 'Redirect', 'Hangup'],
]);

function attributesIn(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name!, unescaped(value!)]),
  );
}

function unescaped(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');
}
