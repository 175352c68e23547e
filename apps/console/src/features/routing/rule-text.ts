import type { ContactTier, Priority, RuleField, TicketType } from '@tributary/contracts';
import { channelName } from '../../i18n/channel-name.js';
import { languageName, regionName } from '../../i18n/names.js';
import type { Translate } from '../../i18n/use-translate.js';
import { takesNone, valuesOf, type Condition, type DraftRule } from './policy-draft.js';

export const TYPES = ['question', 'problem', 'refund', 'repair', 'task'] as const satisfies TicketType[];
export const PRIORITIES = ['urgent', 'high', 'normal', 'low'] as const satisfies Priority[];
export const TIERS = ['standard', 'vip'] as const satisfies ContactTier[];

export interface Words {
  readonly t: Translate;
  readonly locale: string;
}

/** One value of a condition in words. */
export function valueText(field: RuleField, value: string, { t, locale }: Words): string {
  switch (field) {
    case 'type':
      return isOneOf(TYPES, value) ? t(`type.${value}`) : value;
    case 'priority':
      return isOneOf(PRIORITIES, value) ? t(`priority.${value}`) : value;
    case 'contactTier':
      return isOneOf(TIERS, value) ? t(`tier.${value}`) : value;
    case 'channel':
      return channelName(value, t);
    case 'language':
      return languageName(value, locale);
    case 'region':
      return regionName(value, locale);
    case 'text':
      return t('routing.quoted', { word: value });
  }
}

function isOneOf<Value extends string>(values: readonly Value[], value: string): value is Value {
  return (values as readonly string[]).includes(value);
}

function conditionText(condition: Condition, words: Words): string {
  const { t, locale } = words;
  const field = t(`rule_field.${condition.field}`);
  if (takesNone(condition.op)) return t(`routing.condition.${condition.op as 'set' | 'not_set'}`, { field });
  const list = new Intl.ListFormat(locale, { type: 'disjunction' });
  const value = list.format(valuesOf(condition).map((each) => valueText(condition.field, each, words)));
  return t('routing.condition', { field, op: t(`rule_op.${condition.op}`), value: value || '…' });
}

/** When a rule holds, as one line. */
export function whenText(rule: DraftRule, words: Words): string {
  if (rule.when.length === 0) return words.t('routing.always');
  return rule.when
    .map((condition) => conditionText(condition, words))
    .reduce((first, second) => words.t('routing.and', { first, second }));
}

/** What a rule asks of the agent, as one line; empty when nothing. */
export function asksText(rule: DraftRule, skillName: (id: string) => string, { t }: Words): string {
  const asks = [
    ...rule.skills.map(({ skillId, minLevel }) =>
      t('why.skill_level', { name: skillName(skillId), level: minLevel }),
    ),
    rule.matchLanguage ? t('routing.speaks') : '',
    rule.matchRegion ? t('routing.serves') : '',
    rule.priority ? t('routing.with_priority', { priority: t(`priority.${rule.priority}`) }) : '',
  ].filter((ask) => ask !== '');
  return asks.join(' · ');
}
