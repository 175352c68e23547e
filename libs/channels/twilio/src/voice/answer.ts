import type { CallTurn, WebhookAnswer } from '@tributary/channel-sdk';
import { cut, type Parameters, parametersOf } from '../parameters.js';
import { type CallDefinition, definitionOf, isOpen, languagesOf, type MenuOption } from './definition.js';
import { PHRASES } from './phrases.js';
import { type AddressOf, addressesOf, hookOf, stateOf, type Turn, type TurnState } from './turn-state.js';
import { escaped, heard, say, type Verb, verb } from './twiml.js';

/** Seconds that a caller has for a key. */
const KEY_SECONDS = 6;
/** Answers that are no option before the caller waits for an agent all the same. */
const MOST_TRIES = 2;
/** Legacy transcription takes recordings of up to two minutes. */
const LONGEST_MESSAGE_SECONDS = 120;
const PAUSE_SECONDS = 20;

/** One step of a call: where it stands, and what it can speak with. */
interface Step {
  readonly definition: CallDefinition;
  readonly state: TurnState;
  readonly given: Parameters;
  readonly to: AddressOf;
  readonly queue: string;
  readonly now: Date;
}

/** What the caller hears next: a state machine whose state stands in the addresses that it hands out. */
export function answerTurn({ request, inbox, now, isKept }: CallTurn): WebhookAnswer {
  const definition = definitionOf(inbox);
  const given = parametersOf(request);
  const early = stateOf(request, definition);
  const state = { ...early, caller: early.caller || cut(given.get('From') ?? '', 100) };
  const step: Step = {
    ...{ definition, given, now, state },
    to: addressesOf(hookOf(request), state),
    queue: `desk-${inbox.id}`,
  };
  const turn = TURNS[request.path as Turn];
  // A report on the call, or on a text that was sent from its ticket: nobody listens.
  if (turn === undefined || given.has('MessageStatus')) return isKept ? heard() : { ...heard(), status: 503 };
  return heard(...(isKept ? turn.next(step) : turn.unkept(step)));
}

interface TurnRule {
  readonly next: (step: Step) => readonly Verb[];
  /** When nobody behind the door hears of the caller. */
  readonly unkept: (step: Step) => readonly Verb[];
}

const TURNS: Readonly<Record<Turn, TurnRule>> = {
  '': { next: welcome, unkept: away },
  '/language': { next: languageChosen, unkept: away },
  '/menu': { next: optionChosen, unkept: (step) => away(withOption(step)) },
  '/wait': { next: wait, unkept: wait },
  '/leave': { next: leave, unkept: leave },
  '/queued': { next: queueLeft, unkept: (step) => (hasHungUp(step) ? [] : away(step)) },
  '/offer': { next: offered, unkept: away },
  '/recorded': { next: goodbye, unkept: goodbye },
  '/dialed': { next: dialed, unkept: (step) => (wasTalked(step) ? [verb('Hangup')] : away(step)) },
};

function welcome(step: Step): readonly Verb[] {
  const { definition, state, now, to } = step;
  const languages = languagesOf(definition);
  const greetings = languages.map((language) => say(language, definition.greeting[language] ?? ''));
  if (!isOpen(definition, now)) {
    const closed = languages.map((language) => say(language, PHRASES[language].closed));
    return [...greetings, ...closed, ...voicemail(step)];
  }
  if (languages.length === 1) {
    if (definition.menu.length > 0) return [...greetings, ...menu(step)];
    return [...greetings, verb('Redirect', {}, escaped(to('/language')))];
  }
  const choices = languages.map((language, i) => say(language, PHRASES[language].forThisLanguage(i + 1)));
  return [
    ...greetings,
    verb('Gather', keys(to('/language')), ...choices),
    verb('Redirect', {}, escaped(to('/language', { language: state.language }))),
  ];
}

function languageChosen(step: Step): readonly Verb[] {
  const { definition, given, state } = step;
  const language = languagesOf(definition)[Number(given.get('Digits')) - 1] ?? state.language;
  return menu(within(step, { language }));
}

function menu(step: Step, ...before: readonly string[]): readonly Verb[] {
  const { definition, state, to } = step;
  const { language } = state;
  if (definition.menu.length === 0) return enqueue(step);
  const options = definition.menu.map(({ key, say: said }) =>
    PHRASES[language].forOption(said[language] ?? '', key),
  );
  return [
    verb('Gather', keys(to('/menu')), say(language, ...before, ...options)),
    verb('Redirect', {}, escaped(to('/menu'))),
  ];
}

function optionChosen(step: Step): readonly Verb[] {
  const { definition, given, state } = step;
  const option = definition.menu.find(({ key }) => key === given.get('Digits'));
  if (option !== undefined) return follow(within(step, { option }), option);
  const tries = state.tries + 1;
  if (tries > MOST_TRIES) return enqueue(step);
  const before = given.get('Digits') ? [PHRASES[state.language].notUnderstood] : [];
  return menu(within(step, { tries }), ...before);
}

/** What was chosen travels on, also where nobody can be told of it. */
function withOption(step: Step): Step {
  const option = step.definition.menu.find(({ key }) => key === step.given.get('Digits'));
  return option === undefined ? step : within(step, { option });
}

function follow(step: Step, { then }: MenuOption): readonly Verb[] {
  switch (then) {
    case 'agent':
      return enqueue(step);
    case 'voicemail':
      return voicemail(step);
    case 'callback':
      return promiseCallback(step);
  }
}

function enqueue({ definition, state: { language }, to, queue }: Step): readonly Verb[] {
  const { connecting, recorded } = PHRASES[language];
  return [
    say(language, connecting, ...(definition.dial.record ? [recorded] : [])),
    verb('Enqueue', { action: to('/queued'), method: 'POST', waitUrl: to('/wait') }, queue),
  ];
}

/** Played over and over while the caller waits; a digit leads out. */
function wait({ definition, state: { language }, given, to }: Step): readonly Verb[] {
  const { position, whileWaiting } = PHRASES[language];
  const { patienceSeconds, music } = definition.queue;
  if (Number(given.get('QueueTime') ?? 0) >= patienceSeconds) return [verb('Leave')];
  const place = Number.parseInt(given.get('QueuePosition') ?? '1', 10) || 1;
  return [
    verb('Gather', { ...keys(to('/leave')), timeout: 1 }, say(language, position(place), whileWaiting)),
    music === undefined ? verb('Pause', { length: PAUSE_SECONDS }) : verb('Play', {}, escaped(music)),
  ];
}

/** Ends the waiting: what comes then, Twilio asks the queue's own address. */
function leave(): readonly Verb[] {
  return [verb('Leave')];
}

function queueLeft(step: Step): readonly Verb[] {
  const { given, state, to } = step;
  const result = given.get('QueueResult') ?? '';
  // Redirected: the call is with an agent, or on its way there, and hears something else.
  if (
    hasHungUp(step) ||
    ['bridged', 'bridging-in-process'].includes(result) ||
    result.startsWith('redirected')
  )
    return [];
  const { noAgent, offer } = PHRASES[state.language];
  return [
    verb('Gather', keys(to('/offer')), say(state.language, ...(result === 'leave' ? [] : [noAgent]), offer)),
    ...voicemail(step),
  ];
}

function offered(step: Step): readonly Verb[] {
  return step.given.get('Digits') === '1' ? promiseCallback(step) : voicemail(step);
}

function promiseCallback({ state: { language } }: Step): readonly Verb[] {
  const { callback, goodbye: bye } = PHRASES[language];
  return [say(language, callback, bye), verb('Hangup')];
}

function dialed(step: Step): readonly Verb[] {
  if (wasTalked(step)) return [verb('Hangup')];
  const { state, to } = step;
  const { noAgent, offer } = PHRASES[state.language];
  return [verb('Gather', keys(to('/offer')), say(state.language, noAgent, offer)), ...voicemail(step)];
}

function away(step: Step): readonly Verb[] {
  const languages = step.given.has('Digits') ? [step.state.language] : languagesOf(step.definition);
  return [...languages.map((language) => say(language, PHRASES[language].away)), ...voicemail(step)];
}

function voicemail({ state: { language }, to }: Step): readonly Verb[] {
  return [
    say(language, PHRASES[language].afterTone),
    verb('Record', {
      ...{ action: to('/recorded'), method: 'POST', maxLength: LONGEST_MESSAGE_SECONDS, playBeep: 'true' },
      ...{ finishOnKey: '#', timeout: 8, trim: 'trim-silence' },
      ...{ recordingStatusCallback: to('/recording'), recordingStatusCallbackEvent: 'completed absent' },
      // Twilio understands English alone here.
      ...(language === 'en' ? { transcribe: 'true', transcribeCallback: to('/transcription') } : {}),
    }),
    verb('Hangup'),
  ];
}

function goodbye({ state: { language } }: Step): readonly Verb[] {
  const { thanks, goodbye: bye } = PHRASES[language];
  return [say(language, thanks, bye), verb('Hangup')];
}

function hasHungUp({ given }: Step): boolean {
  return given.get('QueueResult') === 'hangup';
}

function wasTalked({ given }: Step): boolean {
  return given.get('DialCallStatus') === 'completed' || given.get('DialCallStatus') === 'answered';
}

function within(step: Step, change: Partial<TurnState>): Step {
  const { to } = step;
  const state = { ...step.state, ...change };
  return { ...step, state, to: (where, further) => to(where, { ...change, ...further }) };
}

function keys(action: string) {
  return { input: 'dtmf', numDigits: 1, timeout: KEY_SECONDS, action, method: 'POST' };
}
