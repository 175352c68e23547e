import { ActionIcon, Button } from '@mantine/core';
import { IconArrowLeft, IconCheck, IconLayoutSidebarRight } from '@tabler/icons-react';
import { useRouter, useSearch } from '@tanstack/react-router';
import type { TicketDetail } from '@tributary/contracts';
import { useShortcut } from '../../app/shortcuts.js';
import { useTranslate } from '../../i18n/use-translate.js';
import { KeyTip } from '../../ui/KeyTip.js';
import { ChannelIcon, VipMark } from '../../ui/Marks.js';
import { useListFilter } from '../list/use-ticket-list.js';
import { SlaWhy } from '../why/SlaWhy.js';
import { DecisionWhy } from '../why/DecisionWhy.js';
import { AssignMenu } from './AssignMenu.js';
import { PriorityMenu, StatusMenu } from './FieldMenus.js';
import { useTicketChange } from './use-ticket-change.js';
import classes from './ticket.module.css';

/** What the ticket is and where it stands; everything in it can be changed in place. */
export function TicketHead(props: { ticket: TicketDetail; detailsOpen: boolean; onDetails: () => void }) {
  const { ticket, detailsOpen, onDetails } = props;
  const t = useTranslate();
  return (
    <header className={classes['head']}>
      <div className={classes['headLine']}>
        <BackToList />
        <ChannelIcon channel={ticket.channel} />
        <span className={classes['number']}>#{ticket.number}</span>
        <h1 className={classes['subject']} title={ticket.subject}>
          {ticket.subject}
        </h1>
        {ticket.contact.tier === 'vip' && <VipMark />}
        <SolveButton ticket={ticket} />
        <KeyTip label={t('key.details')} shortcut="details">
          <ActionIcon aria-label={t('key.details')} aria-pressed={detailsOpen} onClick={onDetails}>
            <IconLayoutSidebarRight size={18} stroke={1.7} />
          </ActionIcon>
        </KeyTip>
      </div>
      <div className={classes['facts']}>
        <StatusMenu ticket={ticket} />
        <PriorityMenu ticket={ticket} />
        <AssignMenu ticket={ticket} />
        <DecisionWhy ticketId={ticket.id} />
        {ticket.sla && <SlaWhy ticketId={ticket.id} clock={ticket.sla} />}
      </div>
    </header>
  );
}

function SolveButton({ ticket }: { ticket: TicketDetail }) {
  const t = useTranslate();
  const change = useTicketChange(ticket.id);
  const solvable = ticket.status !== 'solved' && ticket.status !== 'closed';
  const solve = (): void => change.mutate({ patch: { status: 'solved' } });
  useShortcut('solve', solve, solvable);
  if (!solvable) return null;
  return (
    <KeyTip label={t('key.solve')} shortcut="solve">
      <Button variant="default" size="compact-sm" leftSection={<IconCheck size={15} />} onClick={solve}>
        {t('ticket.solve')}
      </Button>
    </KeyTip>
  );
}

function BackToList() {
  const t = useTranslate();
  const router = useRouter();
  const { view } = useListFilter();
  const search = useSearch({ strict: false });
  return (
    <ActionIcon
      className={classes['back']}
      aria-label={t('ticket.back')}
      onClick={() => void router.navigate({ to: '/tickets/$view', params: { view }, search })}
    >
      <IconArrowLeft size={19} stroke={1.7} />
    </ActionIcon>
  );
}
