import { ActionIcon, UnstyledButton } from '@mantine/core';
import { useLingui } from '@lingui/react';
import { IconArrowDown, IconArrowUp, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { skillsQuery } from '../../api/admin.js';
import { queuesQuery } from '../../api/tickets.js';
import { useTranslate } from '../../i18n/use-translate.js';
import { ruleFaults, type DraftRule } from './policy-draft.js';
import { RuleEditor } from './RuleEditor.js';
import { asksText, whenText } from './rule-text.js';
import classes from './routing.module.css';

interface Props {
  readonly rule: DraftRule;
  readonly position: number;
  readonly last: boolean;
  readonly open: boolean;
  /** What the API said against this rule. */
  readonly refusals: readonly string[];
  readonly onToggle: () => void;
  readonly onChange: (rule: DraftRule) => void;
  readonly onMove: (step: -1 | 1) => void;
  readonly onRemove: () => void;
}

/** One rule: a sentence when closed, its parts when open. */
export function RuleCard(props: Props) {
  const { rule, position, open, refusals, onToggle, onChange } = props;
  const t = useTranslate();
  const { i18n } = useLingui();
  const { data: queues } = useQuery(queuesQuery);
  const { data: skills } = useQuery(skillsQuery);
  const words = { t, locale: i18n.locale };
  const queue = queues?.find(({ id }) => id === rule.queueId)?.name ?? '…';
  const asks = asksText(rule, (id) => skills?.find((skill) => skill.id === id)?.name ?? '…', words);
  const faulty = ruleFaults(rule).length > 0 || refusals.length > 0;
  return (
    <li className={classes['rule']} data-open={open || undefined} data-faulty={faulty || undefined}>
      <div className={classes['ruleHead']}>
        <span className={classes['position']}>{position}</span>
        <UnstyledButton className={classes['ruleText']} aria-expanded={open} onClick={onToggle}>
          <span className={classes['ruleName']}>{rule.name || t('routing.unnamed')}</span>
          <span className={classes['ruleLine']}>{t('routing.when', { when: whenText(rule, words) })}</span>
          <span className={classes['ruleLine']}>
            → {queue}
            {asks && ` · ${asks}`}
          </span>
        </UnstyledButton>
        <RuleTools {...props} />
      </div>
      {refusals.map((refusal) => (
        <p key={refusal} role="alert" className={classes['refusal']}>
          {refusal}
        </p>
      ))}
      {open && <RuleEditor rule={rule} onChange={onChange} />}
    </li>
  );
}

function RuleTools({ rule, position, last, onMove, onRemove }: Props) {
  const t = useTranslate();
  const name = rule.name || t('routing.unnamed');
  return (
    <div className={classes['ruleTools']}>
      <ActionIcon
        aria-label={t('routing.move_up', { name })}
        disabled={position === 1}
        onClick={() => onMove(-1)}
      >
        <IconArrowUp size={16} stroke={1.7} />
      </ActionIcon>
      <ActionIcon aria-label={t('routing.move_down', { name })} disabled={last} onClick={() => onMove(1)}>
        <IconArrowDown size={16} stroke={1.7} />
      </ActionIcon>
      <ActionIcon aria-label={t('settings.remove', { name })} onClick={onRemove}>
        <IconTrash size={16} stroke={1.7} />
      </ActionIcon>
    </div>
  );
}
