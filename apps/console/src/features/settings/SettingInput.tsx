import { NumberInput, PasswordInput, Select, Switch, TagsInput, Textarea, TextInput } from '@mantine/core';
import type { GetInputPropsReturnType } from '@mantine/form';
import type { SettingField } from '@tributary/contracts';
import { useTranslate } from '../../i18n/use-translate.js';

/** One setting of a channel, by its type. */
export function SettingInput(props: {
  field: SettingField;
  secretSet: boolean;
  input: GetInputPropsReturnType;
}) {
  const { field, secretSet, input } = props;
  const t = useTranslate();
  const shared = {
    label: field.label,
    description: field.help || undefined,
    required: field.required,
    ...input,
  };
  switch (field.type) {
    case 'text':
      return <TextInput {...shared} />;
    case 'document':
      return <Textarea {...shared} autosize minRows={8} maxRows={24} spellCheck={false} />;
    case 'number':
      return <NumberInput {...shared} hideControls allowDecimal={false} />;
    case 'boolean':
      return <Switch {...shared} required={false} />;
    case 'secret':
      return (
        <PasswordInput
          {...shared}
          required={field.required && !secretSet}
          autoComplete="new-password"
          placeholder={secretSet ? t('inboxes.secret_set') : ''}
          visibilityToggleButtonProps={{ 'aria-label': t('sign_in.show_password') }}
        />
      );
    case 'choice':
      return <Select {...shared} data={[...(field.choices ?? [])]} />;
    case 'list':
      return <TagsInput {...shared} placeholder={t('form.list_hint')} />;
  }
}
