import { Button } from '@mantine/core';
import type { RoutingPolicyView } from '@tributary/contracts';
import { useTranslate } from '../../i18n/use-translate.js';
import { Notice } from '../../ui/Notice.js';
import type { DraftState } from './use-policy-draft.js';
import classes from './routing.module.css';

/** Saves the draft, once it has been tried; says what is missing until then. */
export function SaveLine({ state, newest }: { state: DraftState; newest: RoutingPolicyView }) {
  const t = useTranslate();
  const { base, changed, saving } = state;
  const overtaken = newest.version > base.version;
  const step = nextStep(state);
  return (
    <div className={classes['saveLine']}>
      {overtaken && changed && <Overtaken state={state} newest={newest} />}
      {saving.isError && !overtaken && <Notice error={saving.error} />}
      <div className={classes['saveButtons']}>
        <span className={classes['help']} role="status">
          {saving.isSuccess && !changed ? t('routing.saved', { version: base.version }) : step && t(step)}
        </span>
        <Button variant="default" disabled={!changed} onClick={() => state.start(newest)}>
          {t('routing.discard')}
        </Button>
        <Button
          disabled={step !== null || overtaken}
          loading={saving.isPending}
          onClick={() => saving.mutate()}
        >
          {t('action.save')}
        </Button>
      </div>
    </div>
  );
}

/** What must happen before saving; null when nothing. */
function nextStep({ changed, complete, tried }: DraftState) {
  if (!changed) return 'routing.step_unchanged';
  if (!complete) return 'routing.step_complete';
  return tried ? null : 'routing.step_try';
}

function Overtaken({ state, newest }: { state: DraftState; newest: RoutingPolicyView }) {
  const t = useTranslate();
  return (
    <div role="alert" className={classes['overtaken']}>
      <p>{t('routing.overtaken', { name: newest.updatedBy, version: newest.version })}</p>
      <div className={classes['saveButtons']}>
        <Button size="compact-sm" variant="default" onClick={() => state.start(newest)}>
          {t('routing.take_theirs')}
        </Button>
        <Button size="compact-sm" variant="default" onClick={() => state.rebase(newest)}>
          {t('routing.keep_mine')}
        </Button>
      </div>
    </div>
  );
}
