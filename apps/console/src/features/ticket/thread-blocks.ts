import type { EventItem, MessageItem, ThreadItem } from '@tributary/contracts';
import { dayKey } from '../../i18n/time-text.js';

/** A message, or a run of events between two messages that folds into one line. */
export type ThreadBlock =
  | {
      readonly kind: 'message';
      readonly id: string;
      readonly item: MessageItem;
      /** Same author and direction within ten minutes of the one above: the head is not said again. */
      readonly continues: boolean;
    }
  | { readonly kind: 'events'; readonly id: string; readonly items: readonly EventItem[] };

export interface ThreadDay {
  /** `2026-11-24`, in the reader's zone. */
  readonly key: string;
  readonly at: string;
  readonly blocks: readonly ThreadBlock[];
}

const CONTINUES_WITHIN_MS = 10 * 60_000;

/** A thread in reading order, by day; neighbouring events of one day fold together. */
export function threadDays(thread: readonly ThreadItem[], timeZone: string | undefined): ThreadDay[] {
  const days: { key: string; at: string; blocks: ThreadBlock[] }[] = [];
  for (const item of thread) {
    const key = dayKey(item.at, timeZone);
    let day = days.at(-1);
    if (day?.key !== key) {
      day = { key, at: item.at, blocks: [] };
      days.push(day);
    }
    const above = day.blocks.at(-1);
    if (item.kind === 'message') {
      day.blocks.push({ kind: 'message', id: item.id, item, continues: continuesAbove(above, item) });
    } else if (above?.kind === 'events') {
      day.blocks[day.blocks.length - 1] = { ...above, items: [...above.items, item] };
    } else {
      day.blocks.push({ kind: 'events', id: item.id, items: [item] });
    }
  }
  return days;
}

function continuesAbove(above: ThreadBlock | undefined, item: MessageItem): boolean {
  return (
    above?.kind === 'message' &&
    above.item.direction === item.direction &&
    above.item.author.id === item.author.id &&
    !item.unverifiedSender &&
    !item.automatic &&
    Date.parse(item.at) - Date.parse(above.item.at) < CONTINUES_WITHIN_MS
  );
}

export interface FoldedText {
  readonly shown: string;
  /** What folds behind "…": quoted mail, signatures; empty when there is nothing. */
  readonly folded: string;
}

/** The new part of a message and the rest. When the new part does not stand in the text, nothing is hidden. */
export function foldText(text: string, visibleText: string | null): FoldedText {
  if (visibleText === null || visibleText.trim() === '') return { shown: text, folded: '' };
  const shown = visibleText.trim();
  const start = text.indexOf(shown);
  if (start < 0) return { shown, folded: text };
  const rest = `${text.slice(0, start)}\n${text.slice(start + shown.length)}`.trim();
  return { shown, folded: rest };
}
