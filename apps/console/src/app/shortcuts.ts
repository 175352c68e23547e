import { useEffect, useRef } from 'react';
import type { MessageId } from '../i18n/message-ids.js';

/** Every key of the console, in one table: the handlers, the tooltips and the map behind `?` read it. */
export const SHORTCUTS = {
  palette: { keys: 'mod+k', group: 'everywhere', label: 'key.palette' },
  map: { keys: '?', group: 'everywhere', label: 'key.map' },
  search: { keys: '/', group: 'everywhere', label: 'key.search' },
  goMine: { keys: 'g m', group: 'go', label: 'key.go_mine' },
  goQueue: { keys: 'g q', group: 'go', label: 'key.go_queue' },
  goTeam: { keys: 'g t', group: 'go', label: 'key.go_team' },
  goWaiting: { keys: 'g w', group: 'go', label: 'key.go_waiting' },
  goSolved: { keys: 'g d', group: 'go', label: 'key.go_solved' },
  goAll: { keys: 'g a', group: 'go', label: 'key.go_all' },
  goSettings: { keys: 'g s', group: 'go', label: 'key.go_settings' },
  next: { keys: 'j', group: 'list', label: 'key.next' },
  previous: { keys: 'k', group: 'list', label: 'key.previous' },
  open: { keys: 'Enter', group: 'list', label: 'key.open' },
  letIn: { keys: '.', group: 'list', label: 'key.let_in' },
  back: { keys: 'Escape', group: 'list', label: 'key.back' },
  reply: { keys: 'r', group: 'ticket', label: 'key.reply' },
  note: { keys: 'n', group: 'ticket', label: 'key.note' },
  assign: { keys: 'a', group: 'ticket', label: 'key.assign' },
  take: { keys: 'i', group: 'ticket', label: 'key.take' },
  status: { keys: 's', group: 'ticket', label: 'key.status' },
  priority: { keys: 'p', group: 'ticket', label: 'key.priority' },
  solve: { keys: 'e', group: 'ticket', label: 'key.solve' },
  why: { keys: 'y', group: 'ticket', label: 'key.why' },
  details: { keys: 'd', group: 'ticket', label: 'key.details' },
  send: { keys: 'mod+Enter', group: 'composer', label: 'key.send' },
  undo: { keys: 'z', group: 'composer', label: 'key.undo' },
} as const satisfies Record<string, { keys: string; group: string; label: MessageId }>;

export type ShortcutName = keyof typeof SHORTCUTS;

const SEQUENCE_MS = 1_500;
const bindings = new Map<string, { name: ShortcutName; run: () => void }[]>();
let pending: { prefix: string; until: number } | null = null;

const isMac = /Mac|iPhone|iPad/.test(navigator.platform);

/** `mod+Enter` as it stands on this keyboard: `⌘ ↵` or `Ctrl ↵`. */
export function keysText(name: ShortcutName): string {
  const signs: Record<string, string> = { mod: isMac ? '⌘' : 'Ctrl', Enter: '↵', Escape: 'Esc' };
  return SHORTCUTS[name].keys
    .split(/[+ ]/)
    .map((part) => signs[part] ?? part.toUpperCase())
    .join(' ');
}

/** Runs `run` on the shortcut's keys while the caller is mounted; the last one mounted wins. */
export function useShortcut(name: ShortcutName, run: () => void, enabled = true): void {
  const latest = useRef(run);
  useEffect(() => {
    latest.current = run;
  });
  useEffect(() => {
    if (!enabled) return;
    const { keys } = SHORTCUTS[name];
    const binding = { name, run: () => latest.current() };
    bindings.set(keys, [...(bindings.get(keys) ?? []), binding]);
    return () => {
      bindings.set(
        keys,
        (bindings.get(keys) ?? []).filter((other) => other !== binding),
      );
    };
  }, [name, enabled]);
}

/** Listens for every shortcut; returns the way to stop. */
export function listenForShortcuts(): () => void {
  window.addEventListener('keydown', onKey);
  return () => window.removeEventListener('keydown', onKey);
}

function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return;
  const modified = event.metaKey || event.ctrlKey;
  const key = modified ? `mod+${event.key.length === 1 ? event.key.toLowerCase() : event.key}` : event.key;
  if (!modified && (event.altKey || isTyping(event.target) || isLayered(event.target))) return;
  if (key === 'Escape' && handToOpenLayer()) return;
  const sequence = pending && pending.until > Date.now() ? `${pending.prefix} ${key}` : null;
  pending = null;
  const binding = (sequence ? bindings.get(sequence)?.at(-1) : undefined) ?? bindings.get(key)?.at(-1);
  if (binding) {
    event.preventDefault();
    binding.run();
    return;
  }
  if (!modified && key === 'g') pending = { prefix: 'g', until: Date.now() + SEQUENCE_MS };
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable]') !== null
  );
}

const LAYERS = '[role=menu], [role=dialog], [role=listbox]';

/** Keys typed in an open menu or dialog are its own; on a focused button, Enter presses that button. */
function isLayered(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest(LAYERS) !== null;
}

/**
 * Escape closes what lies on top, also where the focus is not (or, just opened, not yet) inside it: it must not close
 * the ticket beneath.
 */
function handToOpenLayer(): boolean {
  const layer = [...document.querySelectorAll(LAYERS)].findLast((each) => each.checkVisibility());
  layer?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }));
  return layer !== undefined;
}
