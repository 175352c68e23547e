import { Switch } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { InboxView } from '@tributary/contracts';
import { inboxesQuery, saveInbox } from '../../api/admin.js';
import { queryClient } from '../../api/query-client.js';
import { showProblem } from '../../app/show-problem.js';
import { useTranslate } from '../../i18n/use-translate.js';

/** Whether an inbox runs. */
export function InboxSwitch({ inbox }: { inbox: InboxView }) {
  const t = useTranslate();
  const turn = useMutation({
    mutationFn: (enabled: boolean) => saveInbox(inbox.id, { enabled }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: inboxesQuery.queryKey }),
    onError: (error) => showProblem(error, t, t('inboxes.not_changed', { name: inbox.name })),
  });
  return (
    <Switch
      size="sm"
      label={t(inbox.enabled ? 'inboxes.on' : 'inboxes.off')}
      checked={turn.isPending ? turn.variables : inbox.enabled}
      onChange={(event) => turn.mutate(event.currentTarget.checked)}
    />
  );
}
