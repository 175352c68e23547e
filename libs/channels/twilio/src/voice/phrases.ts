/** Languages that a caller can be spoken to in. */
export const LANGUAGES = ['en', 'zh'] as const;
export type Language = (typeof LANGUAGES)[number];

interface Phrases {
  /** Twilio's name of the language, and of a voice that speaks it. */
  readonly locale: string;
  readonly voice: string;
  /** For the language menu. */
  readonly forThisLanguage: (key: number) => string;
  readonly forOption: (what: string, key: string) => string;
  readonly notUnderstood: string;
  readonly connecting: string;
  readonly recorded: string;
  readonly position: (place: number) => string;
  readonly whileWaiting: string;
  readonly noAgent: string;
  readonly offer: string;
  readonly closed: string;
  readonly away: string;
  readonly afterTone: string;
  readonly thanks: string;
  readonly callback: string;
  readonly goodbye: string;
}

const en: Phrases = {
  locale: 'en-US',
  voice: 'Polly.Joanna',
  forThisLanguage: (key) => `For English, press ${key}.`,
  forOption: (what, key) => `For ${what}, press ${key}.`,
  notUnderstood: 'Sorry, that is not one of the choices.',
  connecting: 'Please hold the line. We are looking for somebody who can help you.',
  recorded: 'This call may be recorded.',
  position: (place) => (place <= 1 ? 'You are next in line.' : `You are number ${place} in line.`),
  whileWaiting: 'To be called back or to leave a message instead, press 1.',
  noAgent: 'Nobody is free at the moment.',
  offer: 'To be called back at this number, press 1. To leave a message, stay on the line.',
  closed: 'We are closed at the moment.',
  away: 'We cannot connect you at the moment, but your message will reach us.',
  afterTone: 'Please leave a message after the tone. Press the pound key when you are done.',
  thanks: 'Thank you for your message.',
  callback: 'Thank you. We will call you back.',
  goodbye: 'Goodbye.',
};

const zh: Phrases = {
  locale: 'cmn-CN',
  voice: 'Polly.Zhiyu',
  forThisLanguage: (key) => `中文服务请按${key}。`,
  forOption: (what, key) => `${what}请按${key}。`,
  notUnderstood: '抱歉，没有这个选项。',
  connecting: '请不要挂机，正在为您转接客服人员。',
  recorded: '本次通话可能会被录音。',
  position: (place) => (place <= 1 ? '您是下一位。' : `您排在第${place}位。`),
  whileWaiting: '如需回电或留言，请按1。',
  noAgent: '目前客服人员全忙。',
  offer: '如需我们回拨此号码，请按1。如需留言，请不要挂机。',
  closed: '现在是非工作时间。',
  away: '目前无法为您转接，您的留言我们会收到。',
  afterTone: '请在提示音后留言，留言完毕请按井号键。',
  thanks: '感谢您的留言。',
  callback: '谢谢，我们会给您回电。',
  goodbye: '再见。',
};

export const PHRASES: Readonly<Record<Language, Phrases>> = { en, zh };
