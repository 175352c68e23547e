import { MultiSelect, Select, Switch, TagsInput, TextInput } from '@mantine/core';
import { useForm, type UseFormReturnType } from '@mantine/form';
import { useLingui } from '@lingui/react';
import { useQuery } from '@tanstack/react-query';
import type { PersonRequest, PersonRole, PersonView } from '@tributary/contracts';
import { peopleQuery, savePerson, teamsQuery } from '../../api/admin.js';
import { useSession } from '../../api/session.js';
import { languageName } from '../../i18n/names.js';
import { useTranslate } from '../../i18n/use-translate.js';
import { PersonSkills } from './PersonSkills.js';
import { SideForm } from './SideForm.js';
import { SignInLink } from './SignInLink.js';
import { useSave } from './use-save.js';

export type PersonValues = Required<{ -readonly [Key in keyof PersonRequest]: PersonRequest[Key] }> & {
  skills: { skillId: string; level: number }[];
};

const ROLES = ['agent', 'lead', 'admin'] as const satisfies PersonRole[];
const LANGUAGES = ['zh', 'en', 'ja', 'ko', 'de', 'fr', 'es', 'pt', 'it', 'ru', 'ar', 'vi', 'th', 'id'];

/** Who someone is and what work they can take. */
export function PersonForm(props: {
  person: PersonView | null;
  onSaved: (person: PersonView) => void;
  onClose: () => void;
}) {
  const { person, onSaved, onClose } = props;
  const t = useTranslate();
  const session = useSession();
  const form = useForm<PersonValues>({
    initialValues: person ? valuesOf(person) : emptyValues(session.person.locale, session.person.timeZone),
    validate: {
      name: (name) => (name.trim() ? null : t('form.required')),
      email: (email) => (/^\S+@\S+$/.test(email) ? null : t('people.email_fault')),
      phone: (phone) => (phone && !/^\+[1-9]\d{6,14}$/.test(phone) ? t('people.phone_fault') : null),
      wecomUserId: (id) => (id && !/^[A-Za-z0-9][\w.@-]{0,63}$/.test(id) ? t('people.wecom_fault') : null),
      skills: (skills) => (skills.some(({ skillId }) => !skillId) ? t('people.skill_fault') : null),
    },
  });
  const { save, saving, error } = useSave({
    form,
    save: (values) => savePerson(person?.id ?? null, values),
    renews: [peopleQuery.queryKey, ['skills'], ['availability']],
    // A new person stays open: the sign-in link is what comes next.
    onSaved: (saved) => (person ? onClose() : onSaved(saved)),
  });
  return (
    <SideForm
      title={person ? person.name : t('people.new')}
      onClose={onClose}
      onSubmit={form.onSubmit((values) => save(values))}
      saving={saving}
      error={error}
    >
      {person && <SignInLink personId={person.id} />}
      <TextInput label={t('people.name')} required data-autofocus {...form.getInputProps('name')} />
      <TextInput label={t('people.email')} required type="email" {...form.getInputProps('email')} />
      <PhoneInput form={form} />
      <WecomInput form={form} />
      <Abilities form={form} />
      {person && person.id !== session.person.id && (
        <Switch
          label={t('people.active')}
          description={t('people.active_help')}
          {...form.getInputProps('active', { type: 'checkbox' })}
        />
      )}
    </SideForm>
  );
}

/** Blank takes the number back. */
function PhoneInput({ form }: { form: UseFormReturnType<PersonValues> }) {
  const t = useTranslate();
  return (
    <TextInput
      label={t('people.phone')}
      description={t('people.phone_help')}
      type="tel"
      placeholder="+14155550100"
      {...form.getInputProps('phone')}
      value={form.values.phone ?? ''}
      onChange={({ currentTarget: { value } }) => form.setFieldValue('phone', value.trim() || null)}
    />
  );
}

/** Blank takes the id back. */
function WecomInput({ form }: { form: UseFormReturnType<PersonValues> }) {
  const t = useTranslate();
  return (
    <TextInput
      label={t('people.wecom')}
      description={t('people.wecom_help')}
      {...form.getInputProps('wecomUserId')}
      value={form.values.wecomUserId ?? ''}
      onChange={({ currentTarget: { value } }) => form.setFieldValue('wecomUserId', value.trim() || null)}
    />
  );
}

function Abilities({ form }: { form: UseFormReturnType<PersonValues> }) {
  const t = useTranslate();
  const { i18n } = useLingui();
  const { data: teams } = useQuery(teamsQuery);
  const known = [...new Set([...LANGUAGES, ...form.values.languages])];
  return (
    <>
      <Select
        label={t('people.role')}
        description={t(`role.${form.values.role}_help`)}
        data={ROLES.map((role) => ({ value: role, label: t(`role.${role}`) }))}
        {...form.getInputProps('role')}
      />
      <MultiSelect
        label={t('people.teams')}
        data={(teams ?? []).map(({ id, name }) => ({ value: id, label: name }))}
        {...form.getInputProps('teamIds')}
      />
      <PersonSkills form={form} />
      <MultiSelect
        label={t('people.languages')}
        description={t('people.languages_help')}
        searchable
        data={known.map((tag) => ({ value: tag, label: languageName(tag, i18n.locale) }))}
        {...form.getInputProps('languages')}
      />
      <TagsInput
        label={t('people.regions')}
        description={t('people.regions_help')}
        {...form.getInputProps('regions')}
      />
    </>
  );
}

const valuesOf = ({ id: _id, createdAt: _createdAt, skills, ...rest }: PersonView): PersonValues => ({
  ...rest,
  skills: skills.map((skill) => ({ ...skill })),
});

const emptyValues = (locale: PersonValues['locale'], timeZone: string): PersonValues => ({
  name: '',
  email: '',
  role: 'agent',
  active: true,
  locale,
  timeZone,
  teamIds: [],
  skills: [],
  regions: [],
  languages: [locale === 'zh-CN' ? 'zh' : 'en'],
  phone: null,
  wecomUserId: null,
});
