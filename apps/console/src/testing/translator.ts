import { setupI18n } from '@lingui/core';
import { compileMessageOrThrow } from '@lingui/message-utils/compileMessage';
import { fileURLToPath } from 'node:url';
import { readCatalogue } from '../../catalogues.config.js';
import { translate, type Translate } from '../i18n/use-translate.js';

export const CATALOGUES = fileURLToPath(new URL('../i18n', import.meta.url));

/** Translates from the catalogues on disk, as the built console does. */
export function translatorOf(locale: 'en' | 'zh-CN'): Translate {
  const compiled = [...readCatalogue(CATALOGUES, locale)].map(([id, text]) => [
    id,
    compileMessageOrThrow(text),
  ]);
  const i18n = setupI18n({ locale, messages: { [locale]: Object.fromEntries(compiled) } });
  return (id, values) => translate(i18n, id, values);
}
