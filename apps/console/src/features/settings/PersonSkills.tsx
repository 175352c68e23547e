import { ActionIcon, Button, Input, SegmentedControl, Select } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import type { UseFormReturnType } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
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
  const nameOf = (id: string): string => skills?.find((skill) => skill.id === id)?.name ?? id;
  return (
    <Input.Wrapper
      label={t('people.skills')}
      description={t('people.skills_help')}
      error={form.errors['skills']}
    >
      <div className={classes['skills']}>
        {chosen.map(({ skillId, level }, index) => (
          <div key={skillId || index} className={classes['skillLine']}>
            <Select
              size="xs"
              aria-label={t('people.skill')}
              placeholder={t('people.skill')}
              value={skillId || null}
              data={[
                ...(skillId ? [{ value: skillId, label: nameOf(skillId) }] : []),
                ...free.map(({ id, name }) => ({ value: id, label: name })),
              ]}
              onChange={(id) => id && form.setFieldValue(`skills.${index}.skillId`, id)}
            />
            <SegmentedControl
              size="xs"
              aria-label={t('people.level')}
              data={LEVELS}
              value={String(level)}
              onChange={(value) => form.setFieldValue(`skills.${index}.level`, Number(value))}
            />
            <ActionIcon aria-label={t('action.remove')} onClick={() => form.removeListItem('skills', index)}>
              <IconX size={15} />
            </ActionIcon>
          </div>
        ))}
        {free.length > 0 && (
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
