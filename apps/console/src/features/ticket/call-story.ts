import type { CallActivity, MessageItem } from '@tributary/contracts';
import { durationText } from '../../i18n/time-text.js';
import type { Translate } from '../../i18n/use-translate.js';

type Activity = MessageItem['activities'][number];

/** In the order in which a call goes, whatever order its reports came in. */
const ORDER: Readonly<Record<CallActivity, number>> = {
  'call.began': 0,
  'call.chose': 1,
  'call.queued': 2,
  'call.abandoned': 3,
  'call.unanswered': 4,
  'call.connected': 5,
  'call.callback': 6,
  'call.transcribed': 7,
  'call.ended': 8,
};

/** The agent's phone rang; whatever else there is, it did not. */
const NOT_PICKED_UP: ReadonlySet<string> = new Set(['no-answer', 'busy', 'canceled']);

export interface CallLine {
  readonly at: string;
  readonly text: string;
}

/** A call as a story: one line for each thing that happened, once, in its order. */
export function callStory(activities: MessageItem['activities'], t: Translate): readonly CallLine[] {
  const inOrder = activities
    .filter(({ activity }) => activity !== 'call.transcribed')
    .toSorted((a, b) => rankOf(a) - rankOf(b) || a.at.localeCompare(b.at));
  const talks = inOrder.filter(({ activity, fields }) => activity === 'call.connected' && fields['seconds']);
  const lines = inOrder
    // The report at the end says all that the one at the beginning said.
    .filter(
      ({ activity, fields }) =>
        activity !== 'call.connected' ||
        fields['seconds'] !== undefined ||
        !talks.some((talk) => talk.fields['agent'] === fields['agent']),
    )
    .map((each) => ({ at: each.at, text: lineOf(each, inOrder, t) }));
  return lines.filter(({ text }, i) => lines.findIndex((line) => line.text === text) === i);
}

/** What somebody said in a recording, as far as it was understood. */
export function transcriptOf(activities: MessageItem['activities']): string | undefined {
  return activities.find(({ activity }) => activity === 'call.transcribed')?.fields['text'];
}

function rankOf({ activity }: Activity): number {
  return ORDER[activity as CallActivity] ?? ORDER['call.ended'];
}

function lineOf({ activity, fields, at }: Activity, all: readonly Activity[], t: Translate): string {
  const { label = '', agent = '', to = '' } = fields;
  const time = fields['seconds'] === undefined ? null : durationText(Number(fields['seconds']), t);
  switch (activity as CallActivity) {
    case 'call.began':
      return to ? t('call.began_at', { to }) : t('call.began');
    case 'call.chose':
      return t('call.chose', { label });
    case 'call.queued':
      return waitedText(at, all, t);
    case 'call.abandoned':
      return time ? t('call.abandoned_after', { time }) : t('call.abandoned');
    case 'call.callback':
      return t('call.callback');
    case 'call.connected':
      return time ? t('call.talked', { agent, time }) : t('call.connected', { agent });
    case 'call.unanswered':
      return t(NOT_PICKED_UP.has(fields['status'] ?? '') ? 'call.unanswered' : 'call.not_rung', { agent });
    case 'call.ended':
      return time ? t('call.ended_after', { time }) : t('call.ended');
    case 'call.transcribed':
      return t('call.transcript');
    default:
      return activity;
  }
}

function waitedText(since: string, all: readonly Activity[], t: Translate): string {
  const answered = all.find(({ activity, fields }) => activity === 'call.connected' && !fields['seconds']);
  if (answered === undefined) return t('call.queued');
  const seconds = (Date.parse(answered.at) - Date.parse(since)) / 1000;
  return t('call.waited', { time: durationText(seconds, t) });
}
