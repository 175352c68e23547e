import { TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import type { ChannelView, InboxView } from '@tributary/contracts';
import { inboxesQuery, saveInbox } from '../../api/admin.js';
import { useTranslate } from '../../i18n/use-translate.js';
import { useChannelTexts } from './channel-texts.js';
import { initialSettings, missingSettings, settingsToSend, type SettingValue } from './setting-values.js';
import { SettingInput } from './SettingInput.js';
import { SideForm } from './SideForm.js';
import { useSave } from './use-save.js';
import classes from './settings.module.css';

interface InboxValues extends Record<string, unknown> {
  name: string;
  settings: Record<string, SettingValue>;
}

interface Props {
  readonly channel: ChannelView;
  readonly inbox: InboxView | null;
  readonly onClose: () => void;
  readonly onSaved?: (saved: InboxView) => void;
}

/** The channel's own settings, drawn from the same list that the API checks them by. */
export function InboxForm(props: Props) {
  const { channel, inbox, onClose } = props;
  const t = useTranslate();
  const texts = useChannelTexts();
  const { form, save, saving, error } = useInboxForm(props);
  return (
    <SideForm
      title={inbox ? inbox.name : texts.title(channel)}
      onClose={onClose}
      onSubmit={form.onSubmit((values) => save(values))}
      saving={saving}
      error={error}
    >
      <p className={classes['itemDetail']}>{texts.description(channel)}</p>
      <TextInput
        label={t('inboxes.name')}
        description={t('inboxes.name_help')}
        required
        data-autofocus
        {...form.getInputProps('name')}
      />
      {channel.settings.map((field) => (
        <SettingInput
          key={field.name}
          field={{ ...field, ...texts.field(channel.channel, field) }}
          secretSet={inbox?.secretsSet[field.name] ?? false}
          input={form.getInputProps(`settings.${field.name}`, {
            type: field.type === 'boolean' ? 'checkbox' : 'input',
          })}
        />
      ))}
    </SideForm>
  );
}

function useInboxForm({ channel, inbox, onClose, onSaved }: Props) {
  const t = useTranslate();
  const texts = useChannelTexts();
  const form = useForm<InboxValues>({
    initialValues: { name: inbox?.name ?? texts.title(channel), settings: initialSettings(channel, inbox) },
    validate: (values) => ({
      ...(values.name.trim() ? {} : { name: t('form.required') }),
      ...Object.fromEntries(
        missingSettings(channel, values.settings, inbox).map((name) => [
          `settings.${name}`,
          t('form.required'),
        ]),
      ),
    }),
  });
  const saving = useSave({
    form,
    save: ({ name, settings }) =>
      saveInbox(inbox?.id ?? null, {
        ...(inbox ? {} : { channel: channel.channel, enabled: true }),
        name: name.trim(),
        settings: settingsToSend(channel, settings),
      }),
    renews: [inboxesQuery.queryKey],
    onSaved: (saved: InboxView) => {
      onClose();
      onSaved?.(saved);
    },
    fieldOf: (field) => (channel.settings.some(({ name }) => name === field) ? `settings.${field}` : field),
  });
  return { form, ...saving };
}
