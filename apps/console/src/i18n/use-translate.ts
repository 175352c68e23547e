import type { I18n } from '@lingui/core';
import { useLingui } from '@lingui/react';
import { useCallback } from 'react';
import type { MessageId } from './message-ids.js';
import { markValues, spaced } from './spacing.js';

export type Translate = (id: MessageId, values?: Readonly<Record<string, unknown>>) => string;

/** One message in the active locale. */
export function translate(i18n: I18n, id: MessageId, values?: Readonly<Record<string, unknown>>): string {
  if (values === undefined) return i18n.t(id);
  return i18n.locale === 'zh-CN' ? spaced(i18n.t(id, markValues(values))) : i18n.t(id, values);
}

/** The translator of the active locale; components that use it render again when the locale changes. */
export function useTranslate(): Translate {
  const { i18n } = useLingui();
  const { locale } = i18n;
  // The locale belongs to the identity: memoised texts must not survive a change of language.
  // oxlint-disable-next-line react-hooks/exhaustive-deps
  return useCallback<Translate>((id, values) => translate(i18n, id, values), [i18n, locale]);
}
