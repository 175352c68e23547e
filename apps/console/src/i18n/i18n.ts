import { setupI18n } from '@lingui/core';
import type { Locale } from '@tributary/contracts';
import type { MessageId } from './message-ids.js';

declare module '@lingui/core' {
  interface Register {
    messageIds: MessageId;
  }
}

export const i18n = setupI18n();

const catalogues = {
  en: () => import('virtual:catalogue/en'),
  'zh-CN': () => import('virtual:catalogue/zh-CN'),
} satisfies Record<Locale, () => Promise<{ messages: import('@lingui/core').Messages }>>;

const REMEMBERED = 'tributary.locale';

/** The locale last used on this machine, else what the browser asks for. */
export function preferredLocale(): Locale {
  const remembered = localStorage.getItem(REMEMBERED);
  if (remembered === 'en' || remembered === 'zh-CN') return remembered;
  return navigator.languages[0]?.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en';
}

/** Loads the catalogue, then switches the whole console at once; a failure leaves the language as it was. */
export async function activateLocale(locale: Locale): Promise<void> {
  if (i18n.locale === locale) return;
  const { messages } = await catalogues[locale]();
  i18n.loadAndActivate({ locale, messages });
  document.documentElement.lang = locale;
  localStorage.setItem(REMEMBERED, locale);
}
