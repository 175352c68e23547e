import type { UploadView } from '@tributary/contracts';
import type { ComposerMode } from './outbox.js';

/** What stands unsent in one composer. Reply and note are kept apart: one never turns into the other. */
export interface Draft {
  readonly mode: ComposerMode;
  readonly text: Readonly<Record<ComposerMode, string>>;
  readonly uploads: Readonly<Record<ComposerMode, readonly UploadView[]>>;
}

export const EMPTY_DRAFT: Draft = {
  mode: 'reply',
  text: { reply: '', note: '' },
  uploads: { reply: [], note: [] },
};

const keyOf = (personId: string, ticketId: string): string => `tributary.draft.${personId}.${ticketId}`;

export function readDraft(personId: string, ticketId: string): Draft {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(keyOf(personId, ticketId)) ?? 'null');
    return stored === null ? EMPTY_DRAFT : { ...EMPTY_DRAFT, ...(stored as Draft) };
  } catch {
    return EMPTY_DRAFT;
  }
}

export function writeDraft(personId: string, ticketId: string, draft: Draft): void {
  const { text, uploads } = draft;
  const empty = !text.reply && !text.note && uploads.reply.length === 0 && uploads.note.length === 0;
  if (empty) localStorage.removeItem(keyOf(personId, ticketId));
  else localStorage.setItem(keyOf(personId, ticketId), JSON.stringify(draft));
}
