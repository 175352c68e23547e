import { Button, Select, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useLingui } from '@lingui/react';
import type { DryRunRequest, DryRunView } from '@tributary/contracts';
import { useState, type FormEvent } from 'react';
import { dryRun } from '../../api/admin.js';
import { channelsQuery } from '../../api/tickets.js';
import { useTranslate } from '../../i18n/use-translate.js';
import { Notice } from '../../ui/Notice.js';
import { Explanation } from '../why/Decisions.js';
import { fingerprint, policyOf, type PolicyDraft } from './policy-draft.js';
import { PRIORITIES, TIERS, TYPES, valueText } from './rule-text.js';
import classes from './routing.module.css';

type Sample = DryRunRequest['ticket'];

const FIRST_SAMPLE: Sample = {
  channel: 'email',
  type: 'question',
  priority: 'normal',
  contactTier: 'standard',
  text: '',
};

/** Sends an imagined ticket through the draft: which rule it meets, and who could take it now. */
export function DryRun({
  draft,
  ready,
  onTried,
}: {
  draft: PolicyDraft;
  ready: boolean;
  onTried: (print: string) => void;
}) {
  const t = useTranslate();
  const [sample, setSample] = useState(FIRST_SAMPLE);
  const [tried, setTried] = useState('');
  const run = useMutation({
    mutationFn: () => dryRun({ policy: policyOf(draft), ticket: sample }),
    onMutate: () => fingerprint(draft),
    onSuccess: (_result, _nothing, print) => {
      setTried(print);
      onTried(print);
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    run.mutate();
  };
  return (
    <section className={classes['dryRun']} aria-label={t('dry_run.title')}>
      <h2>{t('dry_run.title')}</h2>
      <p className={classes['help']}>{t('dry_run.purpose')}</p>
      <form onSubmit={submit} className={classes['sample']}>
        <SampleFields sample={sample} onChange={setSample} />
        <Button type="submit" variant="default" loading={run.isPending} disabled={!ready}>
          {t('dry_run.run')}
        </Button>
      </form>
      {run.isError && <Notice error={run.error} />}
      {run.data && (
        <div
          className={classes['result']}
          role="status"
          data-stale={tried !== fingerprint(draft) || undefined}
        >
          {tried !== fingerprint(draft) && <p className={classes['help']}>{t('dry_run.stale')}</p>}
          <Result result={run.data} />
        </div>
      )}
    </section>
  );
}

function SampleFields({ sample, onChange }: { sample: Sample; onChange: (sample: Sample) => void }) {
  const t = useTranslate();
  const { i18n } = useLingui();
  const { data: channels } = useQuery(channelsQuery);
  const words = { t, locale: i18n.locale };
  const choose = <Field extends 'type' | 'priority' | 'contactTier' | 'channel'>(
    field: Field,
    values: readonly Sample[Field][],
  ) => (
    <Select
      size="xs"
      label={t(`rule_field.${field}`)}
      value={sample[field]}
      data={values.map((value) => ({ value: value as string, label: valueText(field, value, words) }))}
      onChange={(value) => value && onChange({ ...sample, [field]: value })}
    />
  );
  const write = (field: 'language' | 'region', placeholder: string) => (
    <TextInput
      size="xs"
      label={t(`rule_field.${field}`)}
      placeholder={placeholder}
      value={sample[field] ?? ''}
      onChange={(event) => onChange({ ...sample, [field]: event.currentTarget.value || undefined })}
    />
  );
  return (
    <>
      <Textarea
        size="xs"
        autosize
        minRows={2}
        maxRows={6}
        className={classes['wide']}
        label={t('rule_field.text')}
        placeholder={t('dry_run.text_hint')}
        value={sample.text}
        onChange={(event) => onChange({ ...sample, text: event.currentTarget.value })}
      />
      {choose('channel', channels?.map(({ channel }) => channel) ?? [sample.channel])}
      {choose('type', TYPES)}
      {choose('priority', PRIORITIES)}
      {choose('contactTier', TIERS)}
      {write('language', 'zh')}
      {write('region', 'CN')}
    </>
  );
}

function Result({ result }: { result: DryRunView }) {
  const t = useTranslate();
  const { rule, queue, agent } = result;
  return (
    <>
      <p className={classes['ruleName']}>
        {rule
          ? t('dry_run.rule', { position: rule.position, name: rule.name, queue: queue.name })
          : t('dry_run.default', { queue: queue.name })}
      </p>
      <p>{agent ? t('dry_run.agent', { name: agent.name }) : t('dry_run.nobody', { queue: queue.name })}</p>
      <Explanation explained={result} />
    </>
  );
}
