import type admin from './en/settings.json';
import type composer from './en/composer.json';
import type details from './en/details.json';
import type frame from './en/frame.json';
import type list from './en/list.json';
import type presence from './en/presence.json';
import type problem from './en/problem.json';
import type routing from './en/routing.json';
import type signIn from './en/sign-in.json';
import type ticket from './en/ticket.json';
import type time from './en/time.json';
import type why from './en/why.json';
import type words from './en/words.json';

/** Every message there is: a misspelt or missing id does not compile. */
export type MessageId = keyof (typeof admin &
  typeof composer &
  typeof details &
  typeof frame &
  typeof list &
  typeof presence &
  typeof problem &
  typeof routing &
  typeof signIn &
  typeof ticket &
  typeof time &
  typeof why &
  typeof words);
