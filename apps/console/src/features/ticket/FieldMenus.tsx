import { Menu, UnstyledButton } from '@mantine/core';
import { IconCheck, IconChevronDown } from '@tabler/icons-react';
import type { Priority, StatusCategory, TicketDetail } from '@tributary/contracts';
import { useState, type ReactNode } from 'react';
import { useShortcut, type ShortcutName } from '../../app/shortcuts.js';
import type { MessageId } from '../../i18n/message-ids.js';
import { useTranslate } from '../../i18n/use-translate.js';
import { KeyTip } from '../../ui/KeyTip.js';
import { PriorityMark, StatusMark } from '../../ui/Marks.js';
import { useTicketChange } from './use-ticket-change.js';
import classes from './ticket.module.css';

const STATUSES = [
  'new',
  'open',
  'pending',
  'on_hold',
  'solved',
  'closed',
] as const satisfies StatusCategory[];
const PRIORITIES = ['urgent', 'high', 'normal', 'low'] as const satisfies Priority[];
/** A ticket is new only by nature: nobody can set it back to that. */
const SETTABLE = STATUSES.filter((status) => status !== 'new');

export function StatusMenu({ ticket }: { ticket: TicketDetail }) {
  const change = useTicketChange(ticket.id);
  return (
    <FieldMenu
      label="key.status"
      shortcut="status"
      value={ticket.status}
      choices={SETTABLE}
      render={(status) => <StatusMark status={status} />}
      onChoose={(status) => change.mutate({ patch: { status } })}
    />
  );
}

export function PriorityMenu({ ticket }: { ticket: TicketDetail }) {
  const change = useTicketChange(ticket.id);
  return (
    <FieldMenu
      label="key.priority"
      shortcut="priority"
      value={ticket.priority}
      choices={PRIORITIES}
      render={(priority) => <PriorityMark priority={priority} />}
      onChoose={(priority) => change.mutate({ patch: { priority } })}
    />
  );
}

function FieldMenu<Value extends string>(props: {
  label: MessageId;
  shortcut: ShortcutName;
  value: Value;
  choices: readonly Value[];
  render: (value: Value) => ReactNode;
  onChoose: (value: Value) => void;
}) {
  const { label, shortcut, value, choices, render, onChoose } = props;
  const t = useTranslate();
  const [opened, setOpened] = useState(false);
  useShortcut(shortcut, () => setOpened(true));
  return (
    <Menu opened={opened} onChange={setOpened} position="bottom-start" width={190}>
      <KeyTip label={t(label)} shortcut={shortcut}>
        <Menu.Target>
          <UnstyledButton className={classes['fact']}>
            {render(value)}
            <IconChevronDown size={13} aria-hidden />
          </UnstyledButton>
        </Menu.Target>
      </KeyTip>
      <Menu.Dropdown>
        {choices.map((choice) => (
          <Menu.Item
            key={choice}
            rightSection={choice === value ? <IconCheck size={15} aria-label={t('action.chosen')} /> : null}
            onClick={() => {
              if (choice !== value) onChoose(choice);
            }}
          >
            {render(choice)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
