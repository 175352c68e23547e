/** What a text does to the customer's consent, and whether it may also say something. */
export interface OptOut {
  readonly consent: 'given' | 'withdrawn';
  /** A word that is also an answer ("cancel", "yes") is shown as the message that it may be. */
  readonly isMessage: boolean;
}

/**
 * The words that Twilio acts on by itself when a text is nothing but one of them, in any case.
 * https://help.twilio.com/articles/223134027, read 2026-11-24.
 */
const WORDS: Readonly<Record<string, OptOut>> = {
  STOP: { consent: 'withdrawn', isMessage: false },
  STOPALL: { consent: 'withdrawn', isMessage: false },
  UNSUBSCRIBE: { consent: 'withdrawn', isMessage: false },
  OPTOUT: { consent: 'withdrawn', isMessage: false },
  REVOKE: { consent: 'withdrawn', isMessage: false },
  CANCEL: { consent: 'withdrawn', isMessage: true },
  END: { consent: 'withdrawn', isMessage: true },
  QUIT: { consent: 'withdrawn', isMessage: true },
  START: { consent: 'given', isMessage: false },
  UNSTOP: { consent: 'given', isMessage: false },
  YES: { consent: 'given', isMessage: true },
};

/**
 * @param type Twilio's own verdict, `OptOutType`: STOP, START or HELP. Help that a customer asks for is a message.
 * @param words whether Twilio's usual words count where it gave no verdict.
 */
export function optOutOf(type: string | undefined, text: string, words: boolean): OptOut | undefined {
  if (type === 'STOP') return { consent: 'withdrawn', isMessage: false };
  if (type === 'START') return { consent: 'given', isMessage: false };
  const word = text.trim().toUpperCase();
  return words && type === undefined && Object.hasOwn(WORDS, word) ? WORDS[word] : undefined;
}
