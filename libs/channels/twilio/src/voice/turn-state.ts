import type { WebhookRequest } from '@tributary/channel-sdk';
import { RETRIES } from '../status.js';
import type { CallDefinition, MenuOption } from './definition.js';
import { languagesOf } from './definition.js';
import type { Language } from './phrases.js';

/**
 * Where in a call a request is: the path behind the inbox's address. Turns are answered while the caller listens;
 * reports come beside them, in any order.
 */
export type Turn =
  '' | '/language' | '/menu' | '/wait' | '/leave' | '/queued' | '/offer' | '/recorded' | '/dialed';
export type Report = '/status' | '/recording' | '/transcription' | '/leg';

/** What a call has come to; carried by the addresses that we hand out, which Twilio signs when it calls them. */
export interface TurnState {
  readonly language: Language;
  readonly option: MenuOption | undefined;
  /** Answers to the menu that were none of its options. */
  readonly tries: number;
  /** Who calls, for reports that do not say it. */
  readonly caller: string;
  /** Whom the caller was connected with. */
  readonly agent: string;
}

export function stateOf({ query }: WebhookRequest, definition: CallDefinition): TurnState {
  const languages = languagesOf(definition);
  return {
    language: languages.find((each) => each === query['l']) ?? languages[0]!,
    option: definition.menu.find(({ key }) => key === query['o']),
    tries: Math.min(Number.parseInt(query['t'] ?? '0', 10) || 0, 9),
    caller: query['f'] ?? '',
    agent: query['a'] ?? '',
  };
}

/** The address of a turn or a report of this call. */
export type AddressOf = (step: Turn | Report, change?: Partial<TurnState>) => string;

/** @param hook the inbox's own address, absolute. */
export function addressesOf(hook: string, state: TurnState): AddressOf {
  return (step, change = {}) => {
    const { language, option, tries, caller, agent } = { ...state, ...change };
    const url = new URL(`${hook}${step}`);
    url.searchParams.set('l', language);
    if (option) url.searchParams.set('o', option.key);
    if (tries > 0) url.searchParams.set('t', String(tries));
    if (caller) url.searchParams.set('f', caller);
    if (agent) url.searchParams.set('a', agent);
    url.hash = RETRIES;
    return url.href;
  };
}

/** The inbox's own address, of a request that came to it or below it. */
export function hookOf({ url, path }: WebhookRequest): string {
  const whole = new URL(url);
  whole.search = '';
  whole.hash = '';
  return path !== '' && whole.href.endsWith(path) ? whole.href.slice(0, -path.length) : whole.href;
}
