import type { DecisionView } from '@tributary/contracts';
import type { MessageId } from '../../i18n/message-ids.js';
import { languageName, regionName } from '../../i18n/names.js';
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

/** Which ticket came first, when an agent was freed; and why this agent, when several were fit. */
function competition({ competitors, tieBreak }: DecisionView, t: Translate): string {
  const rivals = competitors !== null && competitors > 1 ? t('why.competitors', { count: competitors }) : '';
  return [rivals, tieBreak ? tieBreakText(tieBreak, t) : ''].filter((part) => part !== '').join(' ');
}

const TIE_BREAKS: Readonly<Record<string, MessageId>> = {
  longest_idle: 'why.agent_tie.longest_idle',
  least_loaded: 'why.agent_tie.least_loaded',
  agent_id: 'why.agent_tie.agent_id',
  priority: 'why.ticket_tie.priority',
  longest_wait: 'why.ticket_tie.longest_wait',
  ticket_id: 'why.ticket_tie.ticket_id',
};

const tieBreakText = (key: string, t: Translate): string => {
  const known = TIE_BREAKS[key];
  return known ? t(known) : t('why.tie_break', { reason: key });
};

const FILTERS: Readonly<Record<string, MessageId>> = {
  in_queue: 'filter.in_queue',
  active: 'filter.active',
  present: 'filter.present',
  capacity: 'filter.capacity',
  gave_back: 'filter.gave_back',
};

/** A filter of the funnel in words. Keys with a value: `skill:Refunds>=3`, `language:zh`, `region:cn`. */
export function filterText(filter: string, t: Translate, locale: string): string {
  const known = FILTERS[filter];
  if (known) return t(known);
  const [kind, value] = splitOnce(filter, ':');
  switch (kind) {
    case 'skill':
      return skillText(value, t);
    case 'language':
      return t('filter.language_named', { name: languageName(value, locale) });
    case 'region':
      return t('filter.region_named', { name: regionName(value, locale) });
    default:
      return filter;
  }
}

/** What was asked for, in words. */
export function requirementText(
  { kind, text }: DecisionView['requirements'][number],
  t: Translate,
  locale: string,
): string {
  switch (kind) {
    case 'skill':
      return skillText(text, t);
    case 'language':
      return t('filter.language_named', { name: languageName(text, locale) });
    case 'region':
      return t('filter.region_named', { name: regionName(text, locale) });
  }
}

/** `Refunds>=3` as the router writes it; a skill's name may hold anything but the last `>=`. */
function skillText(text: string, t: Translate): string {
  const at = text.lastIndexOf('>=');
  if (at < 0) return text;
  return t('why.skill_level', { name: text.slice(0, at), level: text.slice(at + 2) });
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
