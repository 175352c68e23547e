import { ActionIcon, MultiSelect, Select, TagsInput, TextInput } from '@mantine/core';
import { useLingui } from '@lingui/react';
import { IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { RuleField, RuleOperator } from '@tributary/contracts';
import { channelsQuery } from '../../api/tickets.js';
import { useTranslate } from '../../i18n/use-translate.js';
import {
  operatorsOf,
  reshape,
  RULE_FIELDS,
  takesMany,
  takesNone,
  valuesOf,
  type Condition,
} from './policy-draft.js';
import { PRIORITIES, TIERS, TYPES, valueText } from './rule-text.js';
import classes from './routing.module.css';

interface Props {
  readonly condition: Condition;
  readonly onChange: (condition: Condition) => void;
}

/** One condition: what is looked at, how, and for what. */
export function ConditionLine({ condition, onChange, onRemove }: Props & { onRemove: () => void }) {
  const t = useTranslate();
  const { field, op } = condition;
  return (
    <div className={classes['line']}>
      <Select
        size="xs"
        aria-label={t('routing.field')}
        value={field}
        data={RULE_FIELDS.map((each) => ({ value: each as string, label: t(`rule_field.${each}`) }))}
        onChange={(next) => onChange(reshape(condition, next as RuleField, op))}
      />
      <Select
        size="xs"
        aria-label={t('routing.operator')}
        value={op}
        data={operatorsOf(field).map((each) => ({ value: each as string, label: t(`rule_op.${each}`) }))}
        onChange={(next) => onChange(reshape(condition, field, next as RuleOperator))}
      />
      <span className={classes['value']}>
        {!takesNone(op) && <ValueInput condition={condition} onChange={onChange} />}
      </span>
      <ActionIcon aria-label={t('action.remove')} onClick={onRemove}>
        <IconX size={15} />
      </ActionIcon>
    </div>
  );
}

function ValueInput({ condition, onChange }: Props) {
  const t = useTranslate();
  const choices = useChoices(condition.field);
  const values = [...valuesOf(condition)];
  const set = (value: string | string[]): void => onChange({ ...condition, value });
  const shared = { size: 'xs', 'aria-label': t('routing.value') } as const;
  if (takesMany(condition.op)) {
    return choices ? (
      <MultiSelect {...shared} data={choices} value={values} onChange={set} />
    ) : (
      <TagsInput
        {...shared}
        value={values}
        onChange={set}
        placeholder={values.length > 0 ? '' : t('form.list_hint')}
      />
    );
  }
  return choices ? (
    <Select {...shared} data={choices} value={values[0] ?? null} onChange={(value) => set(value ?? '')} />
  ) : (
    <TextInput {...shared} value={values[0] ?? ''} onChange={(event) => set(event.currentTarget.value)} />
  );
}

const LANGUAGES = ['zh', 'en', 'ja', 'ko', 'de', 'fr', 'es', 'pt', 'it', 'ru', 'ar', 'vi', 'th', 'id'];

/** The values a field can have; null where they are free. */
function useChoices(field: RuleField): { value: string; label: string }[] | null {
  const t = useTranslate();
  const { i18n } = useLingui();
  const { data: channels } = useQuery(channelsQuery);
  const values = choicesOf(field, channels?.map(({ channel }) => channel) ?? []);
  return (
    values?.map((value) => ({ value, label: valueText(field, value, { t, locale: i18n.locale }) })) ?? null
  );
}

function choicesOf(field: RuleField, channels: readonly string[]): readonly string[] | null {
  switch (field) {
    case 'type':
      return TYPES;
    case 'priority':
      return PRIORITIES;
    case 'contactTier':
      return TIERS;
    case 'channel':
      return channels;
    case 'language':
      return LANGUAGES;
    case 'region':
    case 'text':
      return null;
  }
}
