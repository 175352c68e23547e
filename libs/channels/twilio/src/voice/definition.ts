import type { ChannelInbox } from '@tributary/channel-sdk';
import { TICKET_TYPES, type TicketType } from '@tributary/contracts';
import { isOpenAt, type OpeningHours, readHours, WEEKDAYS } from './opening-hours.js';
import { LANGUAGES, type Language } from './phrases.js';

/** A text in each language that callers are spoken to in. */
export type Spoken = Readonly<Partial<Record<Language, string>>>;

export interface MenuOption {
  /** The digit that chooses it. */
  readonly key: string;
  /** What the caller hears of it: "repairs". */
  readonly say: Spoken;
  readonly type?: TicketType;
  /** A word for the routing rules: they find it in the ticket's text as `skill:<word>`. */
  readonly skill?: string;
  readonly then: 'agent' | 'voicemail' | 'callback';
}

/** What a caller goes through. */
export interface CallDefinition {
  /** By language, in the order of the language menu; the first is spoken until one was chosen. */
  readonly greeting: Spoken;
  /** Without options everybody waits for an agent. */
  readonly menu: readonly MenuOption[];
  /** Null: always open. */
  readonly hours: OpeningHours | null;
  readonly queue: { readonly patienceSeconds: number; readonly music?: string };
  readonly dial: { readonly ringSeconds: number; readonly record: boolean };
}

/** What is done without a definition: a greeting, and the queue. */
export const PLAIN_DEFINITION: CallDefinition = {
  greeting: { en: 'Welcome.' },
  menu: [],
  hours: null,
  queue: { patienceSeconds: 300 },
  dial: { ringSeconds: 25, record: false },
};

/** The one that a new inbox starts with, for an administrator to change. */
export const FIRST_DEFINITION = JSON.stringify(
  {
    greeting: { en: 'Welcome to our service desk.', zh: '欢迎致电服务台。' },
    menu: [
      { key: '1', say: { en: 'a question', zh: '咨询' }, type: 'question', then: 'agent' },
      { key: '2', say: { en: 'a repair', zh: '维修' }, type: 'repair', skill: 'repair', then: 'agent' },
      { key: '9', say: { en: 'a callback', zh: '回电' }, then: 'callback' },
    ],
    hours: {
      timeZone: 'Asia/Shanghai',
      open: Object.fromEntries(WEEKDAYS.map((day) => [day, ['09:00-18:00']])),
    },
    queue: { patienceSeconds: 300 },
    dial: { ringSeconds: 25, record: false },
  },
  null,
  2,
);

/** The inbox's definition; it passed `definitionFaults` when it was saved. */
export function definitionOf({ settings }: Pick<ChannelInbox, 'settings'>): CallDefinition {
  const read = readDefinition(settings['definition']);
  return 'definition' in read ? read.definition : PLAIN_DEFINITION;
}

export function languagesOf({ greeting }: CallDefinition): readonly Language[] {
  return Object.keys(greeting) as Language[];
}

export function isOpen({ hours }: CallDefinition, at: Date): boolean {
  return hours === null || isOpenAt(hours, at);
}

/** What is wrong with a definition, each with the place where. */
export function definitionFaults(value: unknown): readonly string[] {
  const read = readDefinition(value);
  return 'faults' in read ? read.faults : [];
}

type Reading = { readonly definition: CallDefinition } | { readonly faults: readonly string[] };

function readDefinition(value: unknown): Reading {
  if (value === undefined || value === null || value === '') return { definition: PLAIN_DEFINITION };
  let given: unknown;
  try {
    given = typeof value === 'string' ? JSON.parse(value) : value;
  } catch (error) {
    return { faults: [`This is no JSON: ${(error as Error).message}`.slice(0, 300)] };
  }
  if (!isRecord(given)) return { faults: ['The definition is an object: { "greeting": … }.'] };
  const faults: string[] = [];
  const known = ['greeting', 'menu', 'hours', 'queue', 'dial'];
  for (const name of Object.keys(given)) {
    if (!known.includes(name)) faults.push(`${name.slice(0, 50)}: there is ${known.join(', ')}.`);
  }
  const greeting = spokenIn(given['greeting'], 'greeting', undefined, faults);
  const languages = Object.keys(greeting) as Language[];
  const definition: CallDefinition = {
    greeting,
    menu: menuIn(given['menu'], languages, faults),
    hours: given['hours'] === undefined ? null : readHours(given['hours'], faults),
    queue: queueIn(given['queue'], faults),
    dial: dialIn(given['dial'], faults),
  };
  return faults.length > 0 ? { faults } : { definition };
}

function menuIn(given: unknown, languages: readonly Language[], faults: string[]): MenuOption[] {
  if (given === undefined) return [];
  if (!Array.isArray(given) || given.length > 9) {
    faults.push('menu: a list of at most 9 options.');
    return [];
  }
  const options = given.map((each: unknown, at) => optionIn(each, `menu[${at}]`, languages, faults));
  const keys = options.map(({ key }) => key);
  if (new Set(keys).size < keys.length) faults.push('menu: two options have the same key.');
  return options;
}

function optionIn(
  given: unknown,
  where: string,
  languages: readonly Language[],
  faults: string[],
): MenuOption {
  const { key, say, type, skill, then = 'agent' } = isRecord(given) ? given : {};
  if (typeof key !== 'string' || !/^[1-9]$/.test(key)) faults.push(`${where}.key: a digit from "1" to "9".`);
  if (type !== undefined && !TICKET_TYPES.some((each) => each === type)) {
    faults.push(`${where}.type: one of ${TICKET_TYPES.join(', ')}.`);
  }
  if (skill !== undefined && (typeof skill !== 'string' || !/^[\p{L}\p{N}_-]{1,50}$/u.test(skill))) {
    faults.push(`${where}.skill: one word of at most 50 letters.`);
  }
  if (then !== 'agent' && then !== 'voicemail' && then !== 'callback') {
    faults.push(`${where}.then: agent, voicemail or callback.`);
  }
  return {
    key: String(key),
    say: spokenIn(say, `${where}.say`, languages, faults),
    ...(type === undefined ? {} : { type: type as TicketType }),
    ...(skill === undefined ? {} : { skill: skill as string }),
    then: then as MenuOption['then'],
  };
}

/** @param languages in which it must be said; of the greeting, which names them, undefined. */
function spokenIn(
  given: unknown,
  where: string,
  languages: readonly Language[] | undefined,
  faults: string[],
): Spoken {
  const spoken: Partial<Record<Language, string>> = {};
  for (const [language, text] of Object.entries(isRecord(given) ? given : {})) {
    const known = LANGUAGES.find((each) => each === language);
    if (known === undefined)
      faults.push(`${where}.${language.slice(0, 20)}: there is ${LANGUAGES.join(', ')}.`);
    else if (typeof text !== 'string' || text.trim() === '' || text.length > 1000) {
      faults.push(`${where}.${known}: a text of at most 1000 characters.`);
    } else spoken[known] = text.trim();
  }
  const missing = (languages ?? []).filter((language) => spoken[language] === undefined);
  if (missing.length > 0) faults.push(`${where}: also in ${missing.join(', ')}.`);
  if (languages === undefined && Object.keys(spoken).length === 0) {
    faults.push(`${where}: a text in at least one of ${LANGUAGES.join(', ')}.`);
  }
  return spoken;
}

function queueIn(given: unknown, faults: string[]): CallDefinition['queue'] {
  const { patienceSeconds = 300, music } = isRecord(given) ? given : {};
  const seconds = secondsIn(patienceSeconds, 'queue.patienceSeconds', 3600, faults);
  if (music === undefined) return { patienceSeconds: seconds };
  const isAddress =
    typeof music === 'string' && music.length <= 500 && URL.parse(music)?.protocol === 'https:';
  if (!isAddress) faults.push('queue.music: the https address of a sound file.');
  return { patienceSeconds: seconds, music: music as string };
}

function dialIn(given: unknown, faults: string[]): CallDefinition['dial'] {
  const { ringSeconds = 25, record = false } = isRecord(given) ? given : {};
  if (typeof record !== 'boolean') faults.push('dial.record: true or false.');
  return { ringSeconds: secondsIn(ringSeconds, 'dial.ringSeconds', 120, faults), record: record === true };
}

function secondsIn(given: unknown, where: string, most: number, faults: string[]): number {
  if (Number.isInteger(given) && Number(given) >= 5 && Number(given) <= most) return Number(given);
  faults.push(`${where}: seconds, from 5 to ${most}.`);
  return most;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
