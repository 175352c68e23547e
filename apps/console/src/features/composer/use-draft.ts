import type { UploadView } from '@tributary/contracts';
import { useState } from 'react';
import { useSession } from '../../api/session.js';
import { readDraft, writeDraft, type Draft } from './drafts.js';
import type { ComposerMode, OutgoingMessage } from './outbox.js';
import type { TemplateDraft } from './template-text.js';

const joinTexts = (taken: string, standing: string): string => (standing ? `${taken}\n\n${standing}` : taken);

/** The draft of one ticket, kept with every keystroke. */
export function useDraft(ticketId: string) {
  const { person } = useSession();
  const [draft, setDraft] = useState<Draft>(() => readDraft(person.id, ticketId));
  const change = (next: (now: Draft) => Draft): void =>
    setDraft((now) => {
      const changed = next(now);
      writeDraft(person.id, ticketId, changed);
      return changed;
    });
  const setUploads = (how: (now: readonly UploadView[]) => readonly UploadView[]): void =>
    change((now) => ({ ...now, uploads: { ...now.uploads, [now.mode]: how(now.uploads[now.mode]) } }));
  return {
    mode: draft.mode,
    text: draft.text[draft.mode],
    uploads: draft.uploads[draft.mode],
    via: draft.via,
    template: draft.mode === 'reply' ? draft.template : null,
    /** A template is of one inbox. */
    setVia: (via: Draft['via']): void => change((now) => ({ ...now, via, template: null })),
    setTemplate: (template: TemplateDraft | null): void => change((now) => ({ ...now, template })),
    setMode: (mode: ComposerMode): void => change((now) => ({ ...now, mode })),
    setText: (text: string): void => change((now) => ({ ...now, text: { ...now.text, [now.mode]: text } })),
    addUpload: (upload: UploadView): void => setUploads((now) => [...now, upload]),
    removeUpload: (id: string): void => setUploads((now) => now.filter((upload) => upload.id !== id)),
    /** Empties the side that was sent; the other stays. */
    clear: (): void =>
      change((now) => ({
        ...now,
        text: { ...now.text, [now.mode]: '' },
        uploads: { ...now.uploads, [now.mode]: [] },
        ...(now.mode === 'reply' ? { via: null, template: null } : {}),
      })),
    /** Brings a message back that was taken out of the outbox, before what has been written since. */
    restore: ({ mode, text, uploads, via, template }: OutgoingMessage): void =>
      change((now) => ({
        mode,
        ...(mode === 'reply'
          ? { via: via ?? null, template: template ?? null }
          : { via: now.via, template: now.template }),
        text: template ? now.text : { ...now.text, [mode]: joinTexts(text, now.text[mode]) },
        uploads: { ...now.uploads, [mode]: [...uploads, ...now.uploads[mode]] },
      })),
  };
}
