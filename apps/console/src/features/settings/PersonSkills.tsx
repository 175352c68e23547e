import { ActionIcon, Button, Input, SegmentedControl, Select } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import type { UseFormReturnType } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import type { SkillView } from '@tributary/contracts';
import { skillsQuery } from '../../api/admin.js';
import { useTranslate } from '../../i18n/use-translate.js';
import type { PersonValues } from './PersonForm.js';
import classes from './settings.module.css';

const LEVELS = ['1', '2', '3', '4', '5'];

/** Skills with their levels; each skill at most once. */
export function PersonSkills({ form }: { form: UseFormReturnType<PersonValues> }) {
  const t = useTranslate();
  const { data: skills } = useQuery(skillsQuery);
  const chosen = form.values.skills;
  const free = (skills ?? []).filter(({ id }) => chosen.every(({ skillId }) => skillId !== id));
  return (
    <Input.Wrapper
      label={t('people.skills')}
      description={t('people.skills_help')}
      error={form.errors['skills']}
    >
      <div className={classes['skills']}>
        {chosen.map(({ skillId }, index) => (
          <SkillLine
            key={skillId}
            form={form}
            index={index}
            choices={(skills ?? []).filter((skill) => skill.id === skillId || free.includes(skill))}
          />
        ))}
        {free[0] && (
          <Button
            variant="subtle"
            size="compact-sm"
            leftSection={<IconPlus size={14} />}
            onClick={() => form.insertListItem('skills', { skillId: free[0]?.id ?? '', level: 3 })}
          >
            {t('people.add_skill')}
          </Button>
        )}
      </div>
    </Input.Wrapper>
  );
}

function SkillLine(props: {
  form: UseFormReturnType<PersonValues>;
  index: number;
  choices: readonly SkillView[];
}) {
  const { form, index, choices } = props;
  const t = useTranslate();
  const skill = form.values.skills[index];
  if (!skill) return null;
  return (
    <div className={classes['skillLine']}>
      <Select
        size="xs"
        aria-label={t('people.skill')}
        value={skill.skillId}
        data={choices.map(({ id, name }) => ({ value: id, label: name }))}
        onChange={(id) => id && form.setFieldValue(`skills.${index}.skillId`, id)}
      />
      <SegmentedControl
        size="xs"
        aria-label={t('people.level')}
        data={LEVELS}
        value={String(skill.level)}
        onChange={(value) => form.setFieldValue(`skills.${index}.level`, Number(value))}
      />
      <ActionIcon aria-label={t('action.remove')} onClick={() => form.removeListItem('skills', index)}>
        <IconX size={15} />
      </ActionIcon>
    </div>
  );
}
