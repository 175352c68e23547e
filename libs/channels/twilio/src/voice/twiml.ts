import type { WebhookAnswer } from '@tributary/channel-sdk';
import { type Language, PHRASES } from './phrases.js';

/** A part of a TwiML document, written. */
export type Verb = string;

type Attributes = Readonly<Record<string, string | number | undefined>>;

/** https://www.twilio.com/docs/voice/twiml, read 2026-11-24. */
export function document(verbs: readonly Verb[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?><Response>${verbs.join('')}</Response>`;
}

export function heard(...verbs: readonly Verb[]): WebhookAnswer {
  return { status: 200, headers: { 'content-type': 'text/xml; charset=utf-8' }, body: document(verbs) };
}

export function say(language: Language, ...texts: readonly string[]): Verb {
  const { locale, voice } = PHRASES[language];
  return verb('Say', { language: locale, voice }, escaped(texts.join(' ')));
}

export function verb(name: string, attributes: Attributes = {}, ...content: readonly Verb[]): Verb {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${escaped(String(value))}"`)
    .join('');
  return content.length === 0 ? `<${name}${written}/>` : `<${name}${written}>${content.join('')}</${name}>`;
}

/** Also takes out what no XML 1.0 document may hold. */
export function escaped(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
