import { Menu, TextInput, UnstyledButton } from '@mantine/core';
import { IconCheck, IconChevronDown, IconInbox } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { AgentAvailability, PersonRef, TicketDetail } from '@tributary/contracts';
import { useMemo, useState } from 'react';
import { useSession } from '../../api/session.js';
import { availabilityQuery } from '../../api/tickets.js';
import { useShortcut } from '../../app/shortcuts.js';
import { useTranslate } from '../../i18n/use-translate.js';
import { KeyTip } from '../../ui/KeyTip.js';
import { Initials } from '../../ui/Marks.js';
import { Notice } from '../../ui/Notice.js';
import { useTicketChange } from './use-ticket-change.js';
import classes from './ticket.module.css';

/** Who holds the ticket; hands it to a colleague, to oneself, or back to its queue. */
export function AssignMenu({ ticket }: { ticket: TicketDetail }) {
  const t = useTranslate();
  const { person } = useSession();
  const [opened, setOpened] = useState(false);
  const change = useTicketChange(ticket.id);
  const assign = (assignee: PersonRef | null): void => {
    setOpened(false);
    if ((assignee?.id ?? null) !== (ticket.assignee?.id ?? null)) {
      change.mutate({ patch: { assigneeId: assignee?.id ?? null }, assignee });
    }
  };
  useShortcut('assign', () => setOpened(true));
  useShortcut('take', () => assign(person), ticket.assignee?.id !== person.id);

  return (
    <Menu opened={opened} onChange={setOpened} position="bottom-start" width={260}>
      <Menu.Target>
        <span>
          <KeyTip label={t('key.assign')} shortcut="assign">
            <UnstyledButton
              className={classes['fact']}
              aria-haspopup="menu"
              aria-expanded={opened}
              onClick={() => setOpened(!opened)}
            >
              <Holder assignee={ticket.assignee} me={person.id} />
              <IconChevronDown size={13} aria-hidden />
            </UnstyledButton>
          </KeyTip>
        </span>
      </Menu.Target>
      <Menu.Dropdown>
        {opened && <Choices holder={ticket.assignee} me={person.id} onAssign={assign} />}
      </Menu.Dropdown>
    </Menu>
  );
}

function Holder({ assignee, me }: { assignee: PersonRef | null; me: string }) {
  const t = useTranslate();
  if (!assignee) return <span className={classes['factText']}>{t('ticket.unassigned')}</span>;
  return (
    <>
      <Initials name={assignee.name} size={20} />
      <span className={classes['factText']}>{assignee.id === me ? t('ticket.me') : assignee.name}</span>
    </>
  );
}

function Choices(props: {
  holder: PersonRef | null;
  me: string;
  onAssign: (assignee: PersonRef | null) => void;
}) {
  const { holder, me, onAssign } = props;
  const t = useTranslate();
  const [words, setWords] = useState('');
  const { data: agents, error, refetch } = useQuery(availabilityQuery);
  const found = useMemo(() => matching(agents ?? [], words, me), [agents, words, me]);
  return (
    <>
      <TextInput
        className={classes['menuSearch']}
        size="xs"
        data-autofocus
        value={words}
        placeholder={t('assign.search')}
        aria-label={t('assign.search')}
        onChange={(event) => setWords(event.currentTarget.value)}
      />
      {error && <Notice error={error} onRetry={() => void refetch()} />}
      <div className={`${classes['agents']} scroll`}>
        {found.map((agent) => (
          <Agent
            key={agent.agentId}
            agent={agent}
            me={agent.agentId === me}
            holds={agent.agentId === holder?.id}
            onChoose={() => onAssign({ id: agent.agentId, name: agent.name })}
          />
        ))}
        {agents && found.length === 0 && <p className={classes['menuNote']}>{t('assign.nobody')}</p>}
      </div>
      {holder && (
        <>
          <Menu.Divider />
          <Menu.Item leftSection={<IconInbox size={16} stroke={1.7} />} onClick={() => onAssign(null)}>
            {t('assign.give_back')}
          </Menu.Item>
        </>
      )}
    </>
  );
}

/** Oneself first, then who can take work now, then by name. */
function matching(agents: readonly AgentAvailability[], words: string, me: string): AgentAvailability[] {
  const rank = (agent: AgentAvailability): number =>
    agent.agentId === me ? 0 : agent.state === 'available' ? 1 : agent.state === 'busy' ? 2 : 3;
  return agents
    .filter(({ name }) => name.toLowerCase().includes(words.trim().toLowerCase()))
    .sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
}

function Agent(props: { agent: AgentAvailability; me: boolean; holds: boolean; onChoose: () => void }) {
  const { agent, me, holds, onChoose } = props;
  const t = useTranslate();
  return (
    <Menu.Item
      leftSection={<Initials name={agent.name} size={24} />}
      rightSection={holds ? <IconCheck size={15} aria-label={t('action.chosen')} /> : null}
      onClick={onChoose}
    >
      <div>{me ? t('assign.me', { name: agent.name }) : agent.name}</div>
      <div className={classes['menuHelp']}>
        {t('assign.load', {
          state: t(`presence.${agent.state}`),
          used: agent.usedUnits,
          tickets: agent.assigned,
        })}
      </div>
    </Menu.Item>
  );
}
