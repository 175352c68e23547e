import { Textarea } from '@mantine/core';
import type { ReplyRoute, StatusCategory, TicketDetail } from '@tributary/contracts';
import { useEffect, useRef, type KeyboardEvent, type RefObject } from 'react';
import { sayTyping } from '../../api/typing.js';
import { useShortcut } from '../../app/shortcuts.js';
import { contactName } from '../../i18n/contact-name.js';
import { useTranslate } from '../../i18n/use-translate.js';
import { AttachmentTray } from './AttachmentTray.js';
import { ComposerFoot } from './ComposerFoot.js';
import { ComposerHead } from './ComposerHead.js';
import { hold, takeBack, useOutbox, type ComposerMode, type OutgoingMessage } from './outbox.js';
import { routeOf, viaOf } from './routes.js';
import { TemplateFields } from './TemplateFields.js';
import { templatePreview } from './template-text.js';
import { useDraft } from './use-draft.js';
import { useDrop } from './use-drop.js';
import { useLimits, useObstacle, useSendingHint } from './use-obstacle.js';
import { useUploads } from './use-uploads.js';
import classes from './composer.module.css';

/** Docked under the thread: a reply to the customer, or a note that never leaves the desk. */
export function Composer({ ticket }: { ticket: TicketDetail }) {
  const t = useTranslate();
  const input = useRef<HTMLTextAreaElement>(null);
  const draft = useDraft(ticket.id);
  const { mode, text, uploads, template } = draft;
  const route = routeOf(ticket, draft.via);
  const files = useUploads(draft.addUpload);
  const drop = useDrop(files.add);
  const limits = useLimits(route);
  const uploading = files.running.length > 0;
  const obstacle = useObstacle({ ticket, mode, text, uploads, uploading, limits, route, template });
  const hint = useSendingHint(route);
  const submit = useSubmit({ ticketId: ticket.id, draft, route, obstacle });
  const turnTo = useComposerKeys(ticket.id, draft, input);
  const label = t(mode === 'reply' ? 'composer.reply' : 'composer.note');
  return (
    <section className={classes['composer']} data-mode={mode} aria-label={label} {...drop.handlers}>
      <ComposerHead ticket={ticket} mode={mode} onMode={turnTo} route={route} onRoute={draft.setVia} />
      {mode === 'reply' && route.sending.templates && (
        <TemplateFields inboxId={route.inbox.id} chosen={template} onChange={draft.setTemplate} />
      )}
      {template === null && (
        <Writing {...{ ref: input, ticket, draft, label }} onFiles={files.add} onSend={() => submit(null)} />
      )}
      <AttachmentTray
        uploads={uploads}
        running={files.running}
        onRemove={draft.removeUpload}
        onAbort={files.drop}
        onRepeat={files.repeat}
      />
      <ComposerFoot
        mode={mode}
        length={template ? 0 : text.length}
        maxLength={limits.maxTextLength}
        obstacle={obstacle}
        hint={hint}
        canAttach={mode === 'note' || limits.attachments}
        onFiles={files.add}
        onSubmit={submit}
        status={ticket.status}
      />
      {drop.over && <div className={classes['dropHint']}>{t('composer.drop')}</div>}
    </section>
  );
}

type DraftHandle = ReturnType<typeof useDraft>;

/** Puts what stands in the composer into the outbox, unless something stands against it. */
function useSubmit(props: {
  ticketId: string;
  draft: DraftHandle;
  route: ReplyRoute;
  obstacle: string | null;
}): (setStatus: StatusCategory | null) => void {
  const { ticketId, draft, route, obstacle } = props;
  const { mode, text, uploads, via, template } = draft;
  return (setStatus) => {
    if (obstacle !== null) return;
    const said = template ? templatePreview(template) : text.trim();
    const elsewhere = via ? { via: viaOf(route) } : {};
    const approved = template ? { template } : {};
    hold({ ticketId, mode, text: said, uploads, setStatus, ...elsewhere, ...approved });
    draft.clear();
  };
}

function Writing(props: {
  ref: RefObject<HTMLTextAreaElement | null>;
  ticket: TicketDetail;
  draft: DraftHandle;
  label: string;
  onFiles: (files: Iterable<File>) => void;
  onSend: () => void;
}) {
  const { ref, ticket, draft, label, onFiles, onSend } = props;
  const t = useTranslate();
  const onKey = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !event.nativeEvent.isComposing) {
      event.preventDefault();
      onSend();
    }
    if (event.key === 'Escape') event.currentTarget.blur();
  };
  return (
    <Textarea
      ref={ref}
      variant="unstyled"
      autosize
      minRows={2}
      maxRows={12}
      className={classes['input']}
      aria-label={label}
      placeholder={t(draft.mode === 'reply' ? 'composer.reply_hint' : 'composer.note_hint', {
        name: contactName(ticket.contact.name, t),
      })}
      value={draft.text}
      onChange={(event) => {
        draft.setText(event.currentTarget.value);
        if (draft.mode === 'reply' && ticket.channel === 'web_chat') sayTyping(ticket.id);
      }}
      onKeyDown={onKey}
      onPaste={(event) => {
        const pasted = [...event.clipboardData.files];
        if (pasted.length === 0) return;
        event.preventDefault();
        onFiles(pasted);
      }}
    />
  );
}

/** `r`, `n` and the undo, which brings the words back; gives the way to turn from reply to note. */
function useComposerKeys(ticketId: string, draft: DraftHandle, input: RefObject<HTMLTextAreaElement | null>) {
  const focus = (): void => void requestAnimationFrame(() => input.current?.focus());
  const turnTo = (mode: ComposerMode): void => {
    draft.setMode(mode);
    focus();
  };
  useShortcut('reply', () => turnTo('reply'));
  useShortcut('note', () => turnTo('note'));
  useRestored(ticketId, (message) => {
    draft.restore(message);
    focus();
  });
  return turnTo;
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
