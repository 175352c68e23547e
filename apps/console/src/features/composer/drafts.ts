import type { ReplyRequest, UploadView } from '@tributary/contracts';
import type { ComposerMode } from './outbox.js';
import type { TemplateDraft } from './template-text.js';

/** What stands unsent in one composer. Reply and note are kept apart: one never turns into the other. */
export interface Draft {
  readonly mode: ComposerMode;
  readonly text: Readonly<Record<ComposerMode, string>>;
  readonly uploads: Readonly<Record<ComposerMode, readonly UploadView[]>>;
  /** Of the reply; null where the customer was last heard. */
  readonly via: NonNullable<ReplyRequest['via']> | null;
  /** Of the reply, in place of its text. */
  readonly template: TemplateDraft | null;
}

export const EMPTY_DRAFT: Draft = {
  mode: 'reply',
  text: { reply: '', note: '' },
  uploads: { reply: [], note: [] },
  via: null,
  template: null,
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
  const { text, uploads, via, template } = draft;
  const hasFiles = uploads.reply.length + uploads.note.length > 0;
  const empty = !text.reply && !text.note && !hasFiles && !via && !template;
  if (empty) localStorage.removeItem(keyOf(personId, ticketId));
  else localStorage.setItem(keyOf(personId, ticketId), JSON.stringify(draft));
}
