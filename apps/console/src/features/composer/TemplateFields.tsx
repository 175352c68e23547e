import { Select, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { templatesQuery } from '../../api/tickets.js';
import { useTranslate } from '../../i18n/use-translate.js';
import { type TemplateDraft, templatePreview } from './template-text.js';
import classes from './composer.module.css';

/** Which of the inbox's approved texts is sent, what stands for its variables, and what the customer will read. */
export function TemplateFields(props: {
  inboxId: string;
  chosen: TemplateDraft | null;
  onChange: (chosen: TemplateDraft | null) => void;
}) {
  const { inboxId, chosen, onChange } = props;
  const t = useTranslate();
  const { data, isPending } = useQuery(templatesQuery(inboxId));
  const templates = data?.templates ?? [];
  const choose = (id: string | null): void => {
    const template = templates.find((each) => each.id === id);
    onChange(template ? { template, variables: {} } : null);
  };
  const nothing = data?.fault
    ? t('template.fault', { detail: data.fault })
    : t(isPending ? 'template.loading' : 'template.none');
  return (
    <div className={classes['template']}>
      <Select
        size="xs"
        clearable
        searchable
        label={t('template.label')}
        placeholder={templates.length > 0 ? t('template.choose') : nothing}
        disabled={templates.length === 0}
        nothingFoundMessage={t('template.none')}
        data={templates.map(({ id, name, language }) => ({ value: id, label: `${name} (${language})` }))}
        value={chosen?.template.id ?? null}
        onChange={choose}
      />
      {chosen && <Variables chosen={chosen} onChange={onChange} />}
    </div>
  );
}

function Variables({
  chosen,
  onChange,
}: {
  chosen: TemplateDraft;
  onChange: (chosen: TemplateDraft) => void;
}) {
  const t = useTranslate();
  const { template, variables } = chosen;
  return (
    <>
      {template.variables.length > 0 && (
        <div className={classes['variables']}>
          {template.variables.map(({ name, example }) => (
            <TextInput
              key={name}
              size="xs"
              required
              label={t('template.variable', { name })}
              placeholder={example ?? ''}
              value={variables[name] ?? ''}
              onChange={({ currentTarget: { value } }) =>
                onChange({ template, variables: { ...variables, [name]: value } })
              }
            />
          ))}
        </div>
      )}
      <div className={classes['preview']} aria-live="polite" aria-label={t('template.preview')} role="region">
        {templatePreview(chosen)}
      </div>
    </>
  );
}
