import { Menu, TagsInput, UnstyledButton } from '@mantine/core';
import { IconCheck, IconChevronDown } from '@tabler/icons-react';
import type { TicketDetail, TicketType } from '@tributary/contracts';
import { useTranslate } from '../../i18n/use-translate.js';
import { useTicketChange } from '../ticket/use-ticket-change.js';
import classes from './details.module.css';

const TYPES = ['question', 'problem', 'refund', 'repair', 'task'] as const satisfies TicketType[];

export function TypeField({ ticket }: { ticket: TicketDetail }) {
  const t = useTranslate();
  const change = useTicketChange(ticket.id);
  return (
    <Menu position="bottom-end" width={180}>
      <Menu.Target>
        <UnstyledButton className={classes['edit']}>
          {t(`type.${ticket.type}`)}
          <IconChevronDown size={13} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        {TYPES.map((type) => (
          <Menu.Item
            key={type}
            rightSection={
              type === ticket.type ? <IconCheck size={15} aria-label={t('action.chosen')} /> : null
            }
            onClick={() => {
              if (type !== ticket.type) change.mutate({ patch: { type } });
            }}
          >
            {t(`type.${type}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

export function TagsField({ ticket }: { ticket: TicketDetail }) {
  const t = useTranslate();
  const change = useTicketChange(ticket.id);
  return (
    <TagsInput
      className={classes['tags']}
      size="xs"
      label={t('field.tags')}
      placeholder={ticket.tags.length === 0 ? t('details.add_tag') : ''}
      defaultValue={[...ticket.tags]}
      onChange={(tags) => change.mutate({ patch: { tags } })}
      comboboxProps={{ withinPortal: true }}
    />
  );
}
