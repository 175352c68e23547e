import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { compileMessageOrThrow } from '@lingui/message-utils/compileMessage';
import type { Plugin } from 'vite';

export const LOCALES = ['en', 'zh-CN'] as const;
const PREFIX = 'virtual:catalogue/';

/** All messages of one locale, `id -> ICU text`; the folder holds one JSON file a feature. An id may appear once. */
export function readCatalogue(folder: string, locale: string): Map<string, string> {
  const messages = new Map<string, string>();
  for (const file of readdirSync(join(folder, locale)).sort()) {
    const entries = JSON.parse(readFileSync(join(folder, locale, file), 'utf8')) as Record<string, string>;
    for (const [id, text] of Object.entries(entries)) {
      if (messages.has(id)) throw new Error(`${locale}/${file}: ${id} is defined twice`);
      messages.set(id, text);
    }
  }
  return messages;
}

/** Names of the values a message takes, whatever branch of a plural or select they stand in. */
export function valueNames(text: string): Set<string> {
  const names = new Set<string>();
  const visit = (tokens: readonly unknown[]): void => {
    for (const token of tokens) {
      if (!Array.isArray(token)) continue;
      names.add(String(token[0]));
      const choices: unknown = token[2];
      if (choices === null || typeof choices !== 'object') continue;
      for (const choice of Object.values(choices)) if (Array.isArray(choice)) visit(choice);
    }
  };
  visit(compileMessageOrThrow(text));
  return names;
}

/** What is wrong between the catalogues: missing or empty translations and differing values, one line each. */
export function catalogueFaults(folder: string): string[] {
  const catalogues = LOCALES.map((locale) => [locale, readCatalogue(folder, locale)] as const);
  const ids = new Set(catalogues.flatMap(([, messages]) => [...messages.keys()]));
  return [...ids].flatMap((id) => {
    const missing = catalogues.filter(([, messages]) => !messages.get(id)?.trim());
    if (missing.length > 0) return missing.map(([locale]) => `${locale}: ${id} is not translated`);
    const signatures = catalogues.map(([, messages]) => [...valueNames(messages.get(id)!)].sort().join(', '));
    return new Set(signatures).size === 1 ? [] : [`${id} takes different values: ${signatures.join(' / ')}`];
  });
}

/**
 * Serves `virtual:catalogue/<locale>` with messages compiled at build, so that the ICU parser stays out of the
 * browser; a catalogue with a fault fails the build.
 */
export function catalogues(folder: string): Plugin {
  return {
    name: 'tributary-catalogues',
    resolveId: (id) => (id.startsWith(PREFIX) ? `\0${id}` : null),
    load(id) {
      if (!id.startsWith(`\0${PREFIX}`)) return null;
      const locale = id.slice(PREFIX.length + 1);
      const faults = catalogueFaults(folder);
      if (faults.length > 0) throw new Error(`Message catalogues:\n${faults.join('\n')}`);
      for (const file of readdirSync(join(folder, locale))) this.addWatchFile(join(folder, locale, file));
      const compiled = [...readCatalogue(folder, locale)].map(([key, text]) => [
        key,
        compileMessageOrThrow(text),
      ]);
      return `export const messages = JSON.parse(${JSON.stringify(JSON.stringify(Object.fromEntries(compiled)))});`;
    },
  };
}
