import { width } from '../board.js';
import type { Performed } from './perform.js';

const HEADINGS = ['channel', 'ticket', 'agent', 'assigned', 'original', 'with', 'answer'] as const;

/** One line a channel, in columns. */
export function resultTable(performed: readonly Performed[]): string {
  const rows = performed.map((each) => [
    each.channel,
    each.ticket,
    each.agent,
    `${each.milliseconds} ms`,
    `${each.originalBytes} bytes`,
    each.shows.join(', ') || '-',
    each.answer,
  ]);
  const widths = HEADINGS.map((heading, at) =>
    Math.max(width(heading), ...rows.map((row) => width(row[at] ?? ''))),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, at) => cell + ' '.repeat(widths[at]! - width(cell)))
      .join('  ')
      .trimEnd();
  return [line(HEADINGS), line(widths.map((count) => '─'.repeat(count))), ...rows.map(line)].join('\n');
}
