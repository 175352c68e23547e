import { Combobox, UnstyledButton, useCombobox } from '@mantine/core';
import { IconCheck, IconChevronDown, IconInbox } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { AgentAvailability, PersonRef, TicketDetail } from '@tributary/contracts';
import { useState, type ComponentProps } from 'react';
import { useSession } from '../../api/session.js';
import { availabilityQuery } from '../../api/tickets.js';
import { useShortcut } from '../../app/shortcuts.js';
import { useTranslate } from '../../i18n/use-translate.js';
import { KeyTip } from '../../ui/KeyTip.js';
import { Initials } from '../../ui/Marks.js';
import { Notice } from '../../ui/Notice.js';
import { useTicketChange } from './use-ticket-change.js';
import classes from './ticket.module.css';

/** Stands for "nobody" among the ids of agents. */
const QUEUE = 'queue';

/** Who holds the ticket; hands it to a colleague, to oneself, or back to its queue. */
export function AssignMenu({ ticket }: { ticket: TicketDetail }) {
  const t = useTranslate();
  const { person } = useSession();
  const change = useTicketChange(ticket.id);
  const [words, setWords] = useState('');
  const box = useCombobox({
    onDropdownOpen: () => {
      setWords('');
      box.focusSearchInput();
    },
    onDropdownClose: () => box.focusTarget(),
  });
  const choices = useChoices(box.dropdownOpened, words, person.id);
  const assign = (assignee: PersonRef | null): void => {
    box.closeDropdown();
    if ((assignee?.id ?? null) !== (ticket.assignee?.id ?? null)) {
      change.mutate({ patch: { assigneeId: assignee?.id ?? null }, assignee });
    }
  };
  const submit = (id: string): void => {
    const agent = choices.found.find(({ agentId }) => agentId === id);
    if (agent) assign({ id: agent.agentId, name: agent.name });
    else if (id === QUEUE) assign(null);
  };
  useShortcut('assign', () => box.openDropdown());
  useShortcut('take', () => assign(person), ticket.assignee?.id !== person.id);

  return (
    <Combobox store={box} onOptionSubmit={submit} width={270} position="bottom-start" withinPortal>
      <KeyTip label={t('key.assign')} shortcut="assign">
        <Combobox.Target targetType="button">
          <HolderButton assignee={ticket.assignee} me={person.id} onClick={() => box.toggleDropdown()} />
        </Combobox.Target>
      </KeyTip>
      <Combobox.Dropdown>
        <Choices {...choices} holder={ticket.assignee} me={person.id} words={words} onWords={setWords} />
      </Combobox.Dropdown>
    </Combobox>
  );
}

/** Takes what tooltip and list put onto it, but for their class, which would take the place of its own. */
function HolderButton({
  assignee,
  me,
  className: _className,
  ...handed
}: ComponentProps<'button'> & { assignee: PersonRef | null; me: string }) {
  return (
    <UnstyledButton {...handed} className={classes['fact']}>
      <Holder assignee={assignee} me={me} />
      <IconChevronDown size={13} aria-hidden />
    </UnstyledButton>
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

function useChoices(opened: boolean, words: string, me: string) {
  const { data: agents, error, refetch } = useQuery({ ...availabilityQuery, enabled: opened });
  return { found: matching(agents ?? [], words, me), known: agents !== undefined, error, refetch };
}

function Choices(
  props: ReturnType<typeof useChoices> & {
    holder: PersonRef | null;
    me: string;
    words: string;
    onWords: (words: string) => void;
  },
) {
  const { found, known, error, refetch, holder, me, words, onWords } = props;
  const t = useTranslate();
  return (
    <>
      <Combobox.Search
        value={words}
        placeholder={t('assign.search')}
        aria-label={t('assign.search')}
        onChange={(event) => onWords(event.currentTarget.value)}
      />
      {error && <Notice error={error} onRetry={() => void refetch()} />}
      <Combobox.Options className={`${classes['agents']} scroll`} aria-label={t('key.assign')}>
        {found.map((agent) => (
          <Agent
            key={agent.agentId}
            agent={agent}
            me={agent.agentId === me}
            holds={agent.agentId === holder?.id}
          />
        ))}
        {known && found.length === 0 && <Combobox.Empty>{t('assign.nobody')}</Combobox.Empty>}
        {holder && (
          <Combobox.Option value={QUEUE} className={classes['giveBack']}>
            <span className={classes['agent']}>
              <IconInbox size={18} stroke={1.6} aria-hidden />
              {t('assign.give_back')}
            </span>
          </Combobox.Option>
        )}
      </Combobox.Options>
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

function Agent({ agent, me, holds }: { agent: AgentAvailability; me: boolean; holds: boolean }) {
  const t = useTranslate();
  return (
    <Combobox.Option value={agent.agentId} active={holds}>
      <span className={classes['agent']}>
        <Initials name={agent.name} size={24} />
        <span className={classes['agentText']}>
          <span>{me ? t('assign.me', { name: agent.name }) : agent.name}</span>
          <span className={classes['menuHelp']}>
            {t('assign.load', {
              state: t(`presence.${agent.state}`),
              used: agent.usedUnits,
              tickets: agent.assigned,
            })}
          </span>
        </span>
        {holds && <IconCheck size={15} aria-label={t('action.chosen')} />}
      </span>
    </Combobox.Option>
  );
}
