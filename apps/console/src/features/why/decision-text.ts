import type { DecisionView } from '@tributary/contracts';
import type { MessageId } from '../../i18n/message-ids.js';
import { durationText } from '../../i18n/time-text.js';
import type { Translate } from '../../i18n/use-translate.js';

/** A decision as sentences, in the order one would tell it. */
export function decisionSentences(decision: DecisionView, t: Translate): string[] {
  return [outcome(decision, t), cause(decision, t), rule(decision, t), competition(decision, t)].filter(
    (sentence) => sentence !== '',
  );
}

function outcome({ outcome: result, agent, queue }: DecisionView, t: Translate): string {
  switch (result) {
    case 'assigned':
      return t('why.assigned', { name: agent?.name ?? '' });
    case 'queued':
      return t('why.queued', { queue: queue.name });
    case 'returned':
      return t('why.returned', { queue: queue.name });
  }
}

function cause({ cause: reason, waitedSeconds }: DecisionView, t: Translate): string {
  const waited = durationText(waitedSeconds, t);
  return t(`why.cause.${reason}`, { waited });
}

function rule({ rule: matched, queue, policyVersion }: DecisionView, t: Translate): string {
  return matched
    ? t('why.rule', {
        position: matched.position,
        name: matched.name,
        queue: queue.name,
        version: policyVersion,
      })
    : t('why.default_rule', { queue: queue.name, version: policyVersion });
}

function competition({ competitors, tieBreak }: DecisionView, t: Translate): string {
  const parts = [
    competitors !== null && competitors > 1 ? t('why.competitors', { count: competitors }) : '',
    tieBreak ? t('why.tie_break', { reason: tieBreakText(tieBreak, t) }) : '',
  ];
  return parts.filter((part) => part !== '').join(' ');
}

const FILTERS: Readonly<Record<string, MessageId>> = {
  all: 'filter.all',
  agents: 'filter.all',
  team: 'filter.team',
  queue: 'filter.team',
  presence: 'filter.presence',
  available: 'filter.presence',
  skill: 'filter.skill',
  skills: 'filter.skill',
  language: 'filter.language',
  region: 'filter.region',
  capacity: 'filter.capacity',
};

/** The name of a filter of the funnel; one we do not know shows its own name. */
export const filterText = (filter: string, t: Translate): string => {
  const known = FILTERS[filter];
  return known ? t(known) : filter;
};

const TIE_BREAKS: Readonly<Record<string, MessageId>> = {
  longest_idle: 'tie.longest_idle',
  most_free: 'tie.most_free',
  agent_id: 'tie.agent_id',
};

const tieBreakText = (reason: string, t: Translate): string => {
  const known = TIE_BREAKS[reason];
  return known ? t(known) : reason;
};
