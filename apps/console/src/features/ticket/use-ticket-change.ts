import { useMutation, type QueryKey } from '@tanstack/react-query';
import type { PersonRef, TicketDetail, TicketPatch, TicketRow } from '@tributary/contracts';
import { ApiError } from '../../api/http.js';
import { dropLeft, rowsOf } from '../../api/live-list.js';
import { queryClient } from '../../api/query-client.js';
import { useSession } from '../../api/session.js';
import { filterOf } from '../../api/stream.js';
import { patchTicket, ticketKey, type LiveList } from '../../api/tickets.js';
import { showProblem } from '../../app/show-problem.js';
import { useTranslate } from '../../i18n/use-translate.js';

export interface TicketChange {
  readonly patch: TicketPatch;
  /** Who it goes to, for the screen; null with `assigneeId: null`. */
  readonly assignee?: PersonRef | null;
}

interface Before {
  readonly detail: TicketDetail | undefined;
  readonly lists: readonly [QueryKey, LiveList | undefined][];
}

/**
 * Changes a ticket at once on the screen, then on the server; when that refuses, the screen goes back and says so.
 * Handing a ticket over is checked against its version, for a colleague may have been faster; other fields are set
 * whatever happened beside them.
 */
export function useTicketChange(ticketId: string) {
  const t = useTranslate();
  const { person } = useSession();
  return useMutation({
    mutationFn: ({ patch }: TicketChange) => {
      const version =
        patch.assigneeId === undefined
          ? undefined
          : queryClient.getQueryData<TicketDetail>(ticketKey(ticketId))?.version;
      return patchTicket(ticketId, patch, version);
    },
    onMutate: async (change): Promise<Before> => {
      await queryClient.cancelQueries({ queryKey: ticketKey(ticketId), exact: true });
      return applyNow(ticketId, change, person.id);
    },
    onError: (error, _change, before) => {
      if (before) restore(ticketId, before);
      showProblem(error, t, t('ticket.not_changed'));
      if (error instanceof ApiError && error.status === 412) readAgain(ticketId);
    },
    onSuccess: () => readAgain(ticketId),
  });
}

function readAgain(ticketId: string): void {
  void queryClient.invalidateQueries({ queryKey: ticketKey(ticketId) });
  void queryClient.invalidateQueries({ queryKey: ['counts'] });
}

function applyNow(ticketId: string, { patch, assignee }: TicketChange, personId: string): Before {
  const change = <T extends TicketRow>(row: T): T => {
    const { assigneeId, ...fields } = patch;
    return { ...row, ...fields, ...(assigneeId === undefined ? {} : { assignee: assignee ?? null }) };
  };
  const detail = queryClient.getQueryData<TicketDetail>(ticketKey(ticketId));
  if (detail) queryClient.setQueryData(ticketKey(ticketId), change(detail));
  const lists = queryClient.getQueriesData<LiveList>({ queryKey: ['tickets'] });
  for (const [key, list] of lists) {
    if (!list || !rowsOf(list).some((row) => row.id === ticketId)) continue;
    const pages = list.pages.map((page) => ({
      ...page,
      rows: page.rows.map((row) => (row.id === ticketId ? change(row) : row)),
    }));
    const reader = { filter: filterOf(key), personId, openTicketId: ticketId };
    queryClient.setQueryData<LiveList>(key, dropLeft({ ...list, pages }, reader));
  }
  return { detail, lists };
}

function restore(ticketId: string, { detail, lists }: Before): void {
  // A newer state may have come by the stream meanwhile; that one is the truth, not our memory of before.
  const now = queryClient.getQueryData<TicketDetail>(ticketKey(ticketId));
  if (detail && now && now.version <= detail.version) queryClient.setQueryData(ticketKey(ticketId), detail);
  for (const [key, list] of lists) {
    const old = list && rowsOf(list).find((row) => row.id === ticketId);
    if (!old) continue;
    queryClient.setQueryData<LiveList>(
      key,
      (current) =>
        current && {
          ...current,
          pages: current.pages.map((page) => ({
            ...page,
            rows: page.rows.map((row) => (row.id === ticketId && row.version <= old.version ? old : row)),
          })),
        },
    );
  }
}
