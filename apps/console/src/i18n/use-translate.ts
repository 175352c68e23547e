import { useLingui } from '@lingui/react';
import { useCallback } from 'react';
import type { MessageId } from './message-ids.js';

export type Translate = (id: MessageId, values?: Readonly<Record<string, unknown>>) => string;

/** The translator of the active locale; components that use it render again when the locale changes. */
export function useTranslate(): Translate {
  const { i18n } = useLingui();
  const { locale } = i18n;
  // The locale belongs to the identity: memoised texts must not survive a change of language.
  // oxlint-disable-next-line react-hooks/exhaustive-deps
  return useCallback<Translate>((id, values) => i18n.t(id, values), [i18n, locale]);
}
