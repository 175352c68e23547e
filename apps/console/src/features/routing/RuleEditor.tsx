import { ActionIcon, Button, Select, Switch, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { Priority } from '@tributary/contracts';
import { skillsQuery } from '../../api/admin.js';
import { queuesQuery } from '../../api/tickets.js';
import { useTranslate } from '../../i18n/use-translate.js';
import { ConditionLine } from './ConditionLine.js';
import { ruleFaults, type DraftRule } from './policy-draft.js';
import { PRIORITIES } from './rule-text.js';
import classes from './routing.module.css';

interface Props {
  readonly rule: DraftRule;
  readonly onChange: (rule: DraftRule) => void;
}

export function RuleEditor({ rule, onChange }: Props) {
  const t = useTranslate();
  const faults = ruleFaults(rule);
  return (
    <div className={classes['editor']}>
      <TextInput
        label={t('routing.rule_name')}
        value={rule.name}
        error={faults.includes('name') ? t('form.required') : undefined}
        onChange={(event) => onChange({ ...rule, name: event.currentTarget.value })}
      />
      <fieldset className={classes['group']}>
        <legend>{t('routing.conditions')}</legend>
        {rule.when.map((condition, index) => (
          <ConditionLine
            key={index}
            condition={condition}
            onChange={(changed) => onChange({ ...rule, when: rule.when.with(index, changed) })}
            onRemove={() => onChange({ ...rule, when: rule.when.toSpliced(index, 1) })}
          />
        ))}
        {faults.includes('when') && <p className={classes['refusal']}>{t('routing.fault_when')}</p>}
        {faults.includes('value') && <p className={classes['refusal']}>{t('routing.fault_value')}</p>}
        <Button
          variant="subtle"
          size="compact-sm"
          leftSection={<IconPlus size={14} />}
          onClick={() =>
            onChange({ ...rule, when: [...rule.when, { field: 'text', op: 'contains', value: [] }] })
          }
        >
          {t('routing.add_condition')}
        </Button>
      </fieldset>
      <Outcome rule={rule} onChange={onChange} />
    </div>
  );
}

function Outcome({ rule, onChange }: Props) {
  const t = useTranslate();
  const { data: queues } = useQuery(queuesQuery);
  return (
    <fieldset className={classes['group']}>
      <legend>{t('routing.outcome')}</legend>
      <div className={classes['pair']}>
        <Select
          label={t('field.queue')}
          value={rule.queueId}
          data={(queues ?? []).map(({ id, name }) => ({ value: id, label: name }))}
          onChange={(queueId) => queueId && onChange({ ...rule, queueId })}
        />
        <Select
          label={t('routing.priority')}
          value={rule.priority ?? 'own'}
          data={[
            { value: 'own', label: t('routing.own_priority') },
            ...PRIORITIES.map((priority) => ({
              value: priority as string,
              label: t(`priority.${priority}`),
            })),
          ]}
          onChange={(value) => onChange({ ...rule, priority: value === 'own' ? null : (value as Priority) })}
        />
      </div>
      <Skills rule={rule} onChange={onChange} />
      <Switch
        label={t('routing.match_language')}
        checked={rule.matchLanguage}
        onChange={(event) => onChange({ ...rule, matchLanguage: event.currentTarget.checked })}
      />
      <Switch
        label={t('routing.match_region')}
        checked={rule.matchRegion}
        onChange={(event) => onChange({ ...rule, matchRegion: event.currentTarget.checked })}
      />
    </fieldset>
  );
}

const LEVELS = [1, 2, 3, 4, 5];

function Skills({ rule, onChange }: Props) {
  const t = useTranslate();
  const { data: skills } = useQuery(skillsQuery);
  const taken = new Set(rule.skills.map(({ skillId }) => skillId));
  const free = (skills ?? []).filter(({ id }) => !taken.has(id));
  const set = (next: DraftRule['skills']): void => onChange({ ...rule, skills: next });
  return (
    <>
      {rule.skills.map((required, index) => (
        <div key={required.skillId} className={classes['line']}>
          <Select
            size="xs"
            aria-label={t('people.skill')}
            value={required.skillId}
            data={(skills ?? [])
              .filter(({ id }) => id === required.skillId || !taken.has(id))
              .map(({ id, name }) => ({ value: id, label: name }))}
            onChange={(skillId) => skillId && set(rule.skills.with(index, { ...required, skillId }))}
          />
          <Select
            size="xs"
            aria-label={t('people.level')}
            value={String(required.minLevel)}
            data={LEVELS.map((level) => ({ value: String(level), label: t('routing.at_least', { level }) }))}
            onChange={(level) =>
              level && set(rule.skills.with(index, { ...required, minLevel: Number(level) }))
            }
          />
          <ActionIcon aria-label={t('action.remove')} onClick={() => set(rule.skills.toSpliced(index, 1))}>
            <IconX size={15} />
          </ActionIcon>
        </div>
      ))}
      {free[0] && (
        <Button
          variant="subtle"
          size="compact-sm"
          leftSection={<IconPlus size={14} />}
          onClick={() => set([...rule.skills, { skillId: free[0]?.id ?? '', minLevel: 3 }])}
        >
          {t('routing.ask_skill')}
        </Button>
      )}
    </>
  );
}
