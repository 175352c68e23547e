import { Button, NumberInput, Select } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { RoutingPolicyView } from '@tributary/contracts';
import { useState } from 'react';
import { policyQuery } from '../../api/admin.js';
import { channelsQuery, queuesQuery } from '../../api/tickets.js';
import { channelName } from '../../i18n/channel-name.js';
import { useNow, useTime } from '../../i18n/use-time.js';
import { useTranslate } from '../../i18n/use-translate.js';
import { LateSkeleton } from '../../ui/LateSkeleton.js';
import { Notice } from '../../ui/Notice.js';
import { Page } from '../settings/Page.js';
import { DryRun } from './DryRun.js';
import { faultsOfRule, moveRule, newRule, type PolicyDraft } from './policy-draft.js';
import { RuleCard } from './RuleCard.js';
import { SaveLine } from './SaveLine.js';
import { usePolicyDraft, type DraftState } from './use-policy-draft.js';
import classes from './routing.module.css';

/** Which tickets go to which queue, and what they ask of an agent. */
export function RoutingPage() {
  const t = useTranslate();
  const { data: policy, error, refetch } = useQuery(policyQuery);
  return (
    <Page title={t('settings.routing')} purpose={t('routing.purpose')}>
      {policy ? (
        <PolicyEditor policy={policy} />
      ) : error ? (
        <Notice error={error} onRetry={() => void refetch()} />
      ) : (
        <LateSkeleton rows={4} label={t('settings.loading')} />
      )}
    </Page>
  );
}

function PolicyEditor({ policy }: { policy: RoutingPolicyView }) {
  const t = useTranslate();
  const time = useTime();
  const now = useNow('minute');
  const state = usePolicyDraft(policy);
  const { draft, change, complete, markTried } = state;
  return (
    <>
      <p className={classes['help']}>
        {t('routing.version', {
          version: state.base.version,
          at: time.moment(state.base.updatedAt, now),
          name: state.base.updatedBy,
        })}
      </p>
      <Rules state={state} />
      <Defaults draft={draft} change={change} />
      <DryRun draft={draft} ready={complete} onTried={markTried} />
      <SaveLine state={state} newest={policy} />
    </>
  );
}

function Rules({ state: { draft, change, refusals } }: { state: DraftState }) {
  const t = useTranslate();
  const [openKey, setOpenKey] = useState<string | null>(null);
  const { data: queues } = useQuery(queuesQuery);
  const set = (rules: PolicyDraft['rules']): void => change({ ...draft, rules });
  const add = (): void => {
    const rule = newRule(queues?.[0]?.id ?? draft.defaultQueueId);
    set([...draft.rules, rule]);
    setOpenKey(rule.key);
  };
  return (
    <>
      {draft.rules.length === 0 && <p className={classes['help']}>{t('routing.no_rules')}</p>}
      <ol className={classes['rules']}>
        {draft.rules.map((rule, index) => (
          <RuleCard
            key={rule.key}
            rule={rule}
            position={index + 1}
            last={index === draft.rules.length - 1}
            open={openKey === rule.key}
            refusals={faultsOfRule(refusals, index)}
            onToggle={() => setOpenKey(openKey === rule.key ? null : rule.key)}
            onChange={(changed) => set(draft.rules.with(index, changed))}
            onMove={(step) => set(moveRule(draft.rules, index, step))}
            onRemove={() => set(draft.rules.toSpliced(index, 1))}
          />
        ))}
      </ol>
      <Button variant="default" leftSection={<IconPlus size={15} />} onClick={add}>
        {t('routing.add_rule')}
      </Button>
    </>
  );
}

function Defaults({ draft, change }: Pick<DraftState, 'draft' | 'change'>) {
  const t = useTranslate();
  const { data: queues } = useQuery(queuesQuery);
  const { data: channels } = useQuery(channelsQuery);
  const costed = [
    ...new Set([...Object.keys(draft.costs), ...(channels ?? []).map(({ channel }) => channel)]),
  ];
  return (
    <section className={classes['defaults']}>
      <Select
        label={t('routing.default_queue')}
        description={t('routing.default_queue_help')}
        value={draft.defaultQueueId}
        data={(queues ?? []).map(({ id, name }) => ({ value: id, label: name }))}
        onChange={(defaultQueueId) => defaultQueueId && change({ ...draft, defaultQueueId })}
      />
      <fieldset className={classes['group']}>
        <legend>{t('routing.costs')}</legend>
        <p className={classes['help']}>{t('routing.costs_help')}</p>
        <div className={classes['pair']}>
          {costed.map((channel) => (
            <NumberInput
              key={channel}
              label={channelName(channel, t)}
              min={1}
              max={100}
              allowDecimal={false}
              clampBehavior="strict"
              value={draft.costs[channel] ?? ''}
              onChange={(units) => {
                if (typeof units === 'number')
                  change({ ...draft, costs: { ...draft.costs, [channel]: units } });
              }}
            />
          ))}
        </div>
      </fieldset>
    </section>
  );
}
