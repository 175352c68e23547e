import { Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { StatusCategory, TicketDetail, UploadView } from '@tributary/contracts';
import { useEffect, useRef, useState, type DragEvent, type KeyboardEvent } from 'react';
import { useSession } from '../../api/session.js';
import { channelsQuery } from '../../api/tickets.js';
import { useShortcut } from '../../app/shortcuts.js';
import { useTranslate } from '../../i18n/use-translate.js';
import { AttachmentTray } from './AttachmentTray.js';
import { ComposerFoot } from './ComposerFoot.js';
import { ComposerHead } from './ComposerHead.js';
import { readDraft, writeDraft, type Draft } from './drafts.js';
import { hold, takeBack, useOutbox, type ComposerMode, type OutgoingMessage } from './outbox.js';
import { useUploads } from './use-uploads.js';
import classes from './composer.module.css';

interface Props {
  readonly ticket: TicketDetail;
}

/** Docked under the thread: a reply to the customer, or a note that never leaves the desk. */
export function Composer({ ticket }: Props) {
  const t = useTranslate();
  const { person } = useSession();
  const [draft, setDraft] = useState<Draft>(() => readDraft(person.id, ticket.id));
  const input = useRef<HTMLTextAreaElement>(null);
  const { mode } = draft;
  const text = draft.text[mode];
  const uploads = draft.uploads[mode];

  const change = (next: (now: Draft) => Draft): void =>
    setDraft((now) => {
      const changed = next(now);
      writeDraft(person.id, ticket.id, changed);
      return changed;
    });
  const setText = (value: string): void =>
    change((now) => ({ ...now, text: { ...now.text, [now.mode]: value } }));
  const setUploads = (how: (now: readonly UploadView[]) => readonly UploadView[]): void =>
    change((now) => ({ ...now, uploads: { ...now.uploads, [now.mode]: how(now.uploads[now.mode]) } }));
  const files = useUploads((stored) => setUploads((now) => [...now, stored]));
  const turnTo = (next: ComposerMode): void => {
    change((now) => ({ ...now, mode: next }));
    requestAnimationFrame(() => input.current?.focus());
  };

  const limits = useLimits(ticket);
  const obstacle = useObstacle({ ticket, mode, text, uploads, uploading: files.running.length > 0, limits });
  const submit = (setStatus: StatusCategory | null): void => {
    if (obstacle !== null) return;
    hold({ ticketId: ticket.id, mode, text: text.trim(), uploads, setStatus });
    change((now) => ({ ...now, text: { ...now.text, [mode]: '' }, uploads: { ...now.uploads, [mode]: [] } }));
  };
  const restore = (message: OutgoingMessage): void => {
    change((now) => ({
      mode: message.mode,
      text: { ...now.text, [message.mode]: joinTexts(message.text, now.text[message.mode]) },
      uploads: { ...now.uploads, [message.mode]: [...message.uploads, ...now.uploads[message.mode]] },
    }));
    requestAnimationFrame(() => input.current?.focus());
  };
  useRestored(ticket.id, restore);
  useShortcut('reply', () => turnTo('reply'));
  useShortcut('note', () => turnTo('note'));

  const onKey = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !event.nativeEvent.isComposing) {
      event.preventDefault();
      submit(null);
    }
    if (event.key === 'Escape') input.current?.blur();
  };
  const drop = useDrop(files.add);

  return (
    <section
      className={classes['composer']}
      data-mode={mode}
      data-dropping={drop.over || undefined}
      aria-label={t(mode === 'reply' ? 'composer.reply' : 'composer.note')}
      {...drop.handlers}
    >
      <ComposerHead ticket={ticket} mode={mode} onMode={turnTo} />
      <Textarea
        ref={input}
        variant="unstyled"
        autosize
        minRows={2}
        maxRows={12}
        className={classes['input']}
        aria-label={t(mode === 'reply' ? 'composer.reply' : 'composer.note')}
        placeholder={t(mode === 'reply' ? 'composer.reply_hint' : 'composer.note_hint', {
          name: ticket.contact.name,
        })}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={onKey}
        onPaste={(event) => {
          const pasted = [...event.clipboardData.files];
          if (pasted.length === 0) return;
          event.preventDefault();
          files.add(pasted);
        }}
      />
      <AttachmentTray
        uploads={uploads}
        running={files.running}
        onRemove={(id) => setUploads((now) => now.filter((upload) => upload.id !== id))}
        onAbort={files.drop}
        onRepeat={files.repeat}
      />
      <ComposerFoot
        mode={mode}
        length={text.length}
        maxLength={limits.maxTextLength}
        obstacle={obstacle}
        canAttach={mode === 'note' || limits.attachments}
        onFiles={files.add}
        onSubmit={submit}
        status={ticket.status}
      />
      {drop.over && <div className={classes['dropHint']}>{t('composer.drop')}</div>}
    </section>
  );
}

const joinTexts = (taken: string, standing: string): string => (standing ? `${taken}\n\n${standing}` : taken);

interface Limits {
  readonly maxTextLength: number | null;
  readonly attachments: boolean;
}

function useLimits({ channel }: TicketDetail): Limits {
  const { data } = useQuery(channelsQuery);
  const view = data?.find((each) => each.channel === channel);
  return { maxTextLength: view?.maxTextLength ?? null, attachments: view?.attachments ?? true };
}

interface Attempt {
  readonly ticket: TicketDetail;
  readonly mode: ComposerMode;
  readonly text: string;
  readonly uploads: readonly UploadView[];
  readonly uploading: boolean;
  readonly limits: Limits;
}

/** Why this cannot be sent, said before sending; null when it can, and '' when there is simply nothing yet. */
function useObstacle({ ticket, mode, text, uploads, uploading, limits }: Attempt): string | null {
  const t = useTranslate();
  if (mode === 'reply' && ticket.status === 'closed') return t('composer.closed');
  if (uploading) return t('composer.uploading');
  if (text.trim() === '' && uploads.length === 0) return '';
  if (text.trim() === '') return t('composer.text_missing');
  if (mode === 'note') return null;
  if (limits.maxTextLength !== null && text.length > limits.maxTextLength) {
    return t('composer.too_long', { over: text.length - limits.maxTextLength });
  }
  return uploads.length > 0 && !limits.attachments ? t('composer.no_attachments') : null;
}

/** "Undo" outside the composer (in the thread, by key) brings the words back into it. */
function useRestored(ticketId: string, restore: (message: OutgoingMessage) => void): void {
  const outgoing = useOutbox().filter((message) => message.ticketId === ticketId);
  const held = outgoing.findLast((message) => message.state === 'held');
  useShortcut(
    'undo',
    () => {
      const message = held && takeBack(held.key);
      if (message) restore(message);
    },
    held !== undefined,
  );
  useEffect(() => {
    const onRestore = (event: CustomEvent<OutgoingMessage>): void => {
      if (event.detail.ticketId === ticketId) restore(event.detail);
    };
    window.addEventListener('tributary:restore', onRestore as EventListener);
    return () => window.removeEventListener('tributary:restore', onRestore as EventListener);
  });
}

function useDrop(add: (files: Iterable<File>) => void) {
  const [depth, setDepth] = useState(0);
  const carriesFiles = (event: DragEvent): boolean => event.dataTransfer.types.includes('Files');
  return {
    over: depth > 0,
    handlers: {
      onDragEnter: (event: DragEvent) => {
        if (carriesFiles(event)) setDepth((now) => now + 1);
      },
      onDragLeave: (event: DragEvent) => {
        if (carriesFiles(event)) setDepth((now) => Math.max(0, now - 1));
      },
      onDragOver: (event: DragEvent) => {
        if (carriesFiles(event)) event.preventDefault();
      },
      onDrop: (event: DragEvent) => {
        if (!carriesFiles(event)) return;
        event.preventDefault();
        setDepth(0);
        add(event.dataTransfer.files);
      },
    },
  };
}
