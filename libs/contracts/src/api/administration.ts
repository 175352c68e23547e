import type { Channel } from '../envelope.js';
import type { Locale, PersonRole } from './session.js';

/** `GET /api/people`, `POST /api/people`, `PATCH /api/people/:id` (administrators). */
export interface PersonView {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly role: PersonRole;
  readonly active: boolean;
  readonly locale: Locale;
  readonly timeZone: string;
  readonly teamIds: readonly string[];
  readonly skills: readonly { readonly skillId: string; readonly level: number }[];
  readonly regions: readonly string[];
  /** BCP 47 primary tags: `zh`, `en`. */
  readonly languages: readonly string[];
  /** Where callers are connected with them, E.164; null where they take no calls. */
  readonly phone: string | null;
  readonly createdAt: string;
}
export type PersonRequest = Partial<Omit<PersonView, 'id' | 'createdAt'>>;

/** `POST /api/people/:id/sign-in-link`: a fresh one-time link, valid 24 h, shown once. */
export interface SignInLinkView {
  readonly url: string;
  readonly expiresAt: string;
}

/** `GET /api/teams`. */
export interface TeamView {
  readonly id: string;
  readonly name: string;
}

/** `GET /api/skills`, `POST /api/skills {name}`, `PATCH /api/skills/:id {name}`, `DELETE /api/skills/:id` (409 when used). */
export interface SkillView {
  readonly id: string;
  readonly name: string;
  readonly agents: number;
}

/**
 * `GET /api/channels`: what can be added. `settings` is drawn as the form; a `secret` field is written, never read.
 */
export interface ChannelView {
  readonly channel: Channel;
  readonly title: string;
  readonly description: string;
  readonly settings: readonly SettingField[];
  readonly maxTextLength: number | null;
  readonly attachments: boolean;
}

export interface SettingField {
  readonly name: string;
  readonly label: string;
  readonly help: string;
  /** `document`: a text of many lines. */
  readonly type: 'text' | 'document' | 'number' | 'boolean' | 'secret' | 'choice' | 'list';
  readonly required: boolean;
  readonly choices?: readonly string[];
  readonly default?: string | number | boolean | readonly string[];
}

/** `GET /api/inboxes`, `POST /api/inboxes`, `PATCH /api/inboxes/:id`. */
export interface InboxView {
  readonly id: string;
  readonly channel: Channel;
  readonly name: string;
  readonly enabled: boolean;
  /** Settings without secrets; a secret that is set reads as `true` in `secretsSet`. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly secretsSet: Readonly<Record<string, boolean>>;
  /** What to hand to customers or paste at the vendor: the form's URL, the address mail is forwarded to. */
  readonly publicAddress: string | null;
  readonly health: {
    readonly lastInboundAt: string | null;
    readonly lastOutboundAt: string | null;
    readonly lastError: string | null;
    readonly lastErrorAt: string | null;
  };
}
export interface InboxRequest {
  readonly channel?: Channel;
  readonly name?: string;
  readonly enabled?: boolean;
  readonly settings?: Readonly<Record<string, unknown>>;
}
