import type { ReconcileReport } from './reconcile.js';

const COLUMNS = [
  'workspace',
  'partition',
  'accepted',
  'messages',
  'changes',
  'duplicates',
  'quarantined',
] as const;
const MOST_LINES = 50;

/** The report for people: a row a workspace and partition, then what differs, and last the number of differences. */
export function reportText(report: ReconcileReport): string {
  const cells = report.rows.map((row) => COLUMNS.map((column) => String(row[column])));
  const widths = COLUMNS.map((column, i) => Math.max(column.length, ...cells.map((row) => row[i]!.length)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
      .join('  ')
      .trimEnd();
  const shown = report.differences.slice(0, MOST_LINES);
  return [
    line(COLUMNS),
    ...cells.map(line),
    `objects checked: ${report.objectsChecked}`,
    ...shown.map(
      ({ kind, where, workspaceId }) => `${kind}: ${where}${workspaceId ? ` (${workspaceId})` : ''}`,
    ),
    ...(report.differenceCount > shown.length ? [`and ${report.differenceCount - shown.length} more`] : []),
    `differences: ${report.differenceCount}`,
    '',
  ].join('\n');
}
