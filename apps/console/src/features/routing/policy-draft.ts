import type { RoutingPolicyView, RoutingRule, RuleField, RuleOperator } from '@tributary/contracts';

export type Condition = RoutingRule['when'][number];

/** A rule while it is edited; `key` holds its place on the screen while the order changes. */
export interface DraftRule extends RoutingRule {
  readonly key: string;
}

export interface PolicyDraft {
  readonly rules: readonly DraftRule[];
  readonly defaultQueueId: string;
  readonly costs: Readonly<Record<string, number>>;
}

export const draftOf = ({ rules, defaultQueueId, costs }: RoutingPolicyView): PolicyDraft => ({
  rules: rules.map((rule) => ({ ...rule, key: crypto.randomUUID() })),
  defaultQueueId,
  costs,
});

/** The draft as the API takes it. */
export const policyOf = ({ rules, defaultQueueId, costs }: PolicyDraft) => ({
  rules: rules.map(({ key: _key, ...rule }): RoutingRule => rule),
  defaultQueueId,
  costs,
});

/** Equal drafts have equal fingerprints, whatever they went through. */
export const fingerprint = (draft: PolicyDraft): string => JSON.stringify(policyOf(draft));

export const newRule = (queueId: string): DraftRule => ({
  key: crypto.randomUUID(),
  name: '',
  when: [{ field: 'type', op: 'is', value: 'question' }],
  queueId,
  skills: [],
  matchLanguage: false,
  matchRegion: false,
  priority: null,
});

/** Moves a rule by one place; at either end it stays. */
export function moveRule(rules: readonly DraftRule[], index: number, step: -1 | 1): readonly DraftRule[] {
  const target = index + step;
  const moved = rules[index];
  if (!moved || target < 0 || target >= rules.length) return rules;
  return rules.toSpliced(index, 1).toSpliced(target, 0, moved);
}

export const RULE_FIELDS = [
  'type',
  'text',
  'contactTier',
  'channel',
  'language',
  'region',
  'priority',
] as const satisfies RuleField[];

/** The operators that make sense for a field, the likeliest first. */
export function operatorsOf(field: RuleField): readonly RuleOperator[] {
  switch (field) {
    case 'text':
      return ['contains', 'not_contains'];
    case 'language':
    case 'region':
      return ['is', 'is_not', 'in', 'set', 'not_set'];
    case 'type':
    case 'contactTier':
    case 'channel':
    case 'priority':
      return ['is', 'is_not', 'in'];
  }
}

export const takesMany = (op: RuleOperator): boolean =>
  op === 'in' || op === 'contains' || op === 'not_contains';
export const takesNone = (op: RuleOperator): boolean => op === 'set' || op === 'not_set';

/** The values of a condition as a list, however it is kept. */
export const valuesOf = ({ value }: Condition): readonly string[] =>
  value === undefined ? [] : typeof value === 'string' ? (value === '' ? [] : [value]) : value;

/** A condition with another field or operator keeps its values where they still fit. */
export function reshape(condition: Condition, field: RuleField, op: RuleOperator): Condition {
  const values = field === condition.field ? valuesOf(condition) : [];
  const fitting = operatorsOf(field).includes(op) ? op : (operatorsOf(field)[0] ?? 'is');
  if (takesNone(fitting)) return { field, op: fitting };
  return { field, op: fitting, value: takesMany(fitting) ? values : (values[0] ?? '') };
}

export type RuleFault = 'name' | 'when' | 'value' | 'skill';

/** What still keeps a rule from being tried or saved. */
export function ruleFaults(rule: RoutingRule): readonly RuleFault[] {
  const faults: RuleFault[] = [];
  if (!rule.name.trim()) faults.push('name');
  if (rule.when.length === 0) faults.push('when');
  if (rule.when.some((condition) => !takesNone(condition.op) && valuesOf(condition).length === 0))
    faults.push('value');
  if (rule.skills.some(({ skillId }) => !skillId)) faults.push('skill');
  return faults;
}

/** What the API said against one rule; it names rules as `rules.2.name` or `rules[2].name`. */
export function faultsOfRule(errors: Readonly<Record<string, string>>, index: number): readonly string[] {
  return Object.entries(errors)
    .filter(([field]) =>
      new RegExp(`^(?:policy\\.)?rules(?:\\.${index}|\\[${index}\\])(?:\\D|$)`).test(field),
    )
    .map(([, message]) => message);
}
