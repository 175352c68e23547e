import type { PresenceState } from '../topics/routing-work.js';

export type PersonRole = 'agent' | 'lead' | 'admin';
export type Locale = 'en' | 'zh-CN';

/** `POST /api/session` with a one-time link's token, or with e-mail and password. Sets the session cookie. */
export type SignInRequest =
  { readonly linkToken: string } | { readonly email: string; readonly password: string };

/** `GET /api/session`: 401 when nobody is signed in. `DELETE /api/session` signs out. */
export interface SessionView {
  readonly person: {
    readonly id: string;
    readonly name: string;
    readonly email: string;
    readonly role: PersonRole;
    readonly locale: Locale;
    /** IANA zone. */
    readonly timeZone: string;
  };
  readonly workspace: { readonly id: string; readonly name: string };
}

/** `PATCH /api/session/preferences`. */
export interface PreferencesRequest {
  readonly locale?: Locale;
  readonly timeZone?: string;
}

/** `GET /api/presence` and the answer of `PUT /api/presence`. */
export interface PresenceView {
  readonly agentId: string;
  readonly state: PresenceState;
  /** ISO 8601; renewed by `PUT /api/presence` with the same state every 15 s. The lease is 45 s. */
  readonly leaseUntil: string | null;
  /** Capacity units in use, of `capacityTotal` (100), by channel. */
  readonly capacityUsed: Readonly<Record<string, number>>;
  readonly capacityTotal: number;
}

/** `PUT /api/presence`. */
export interface PresenceRequest {
  readonly state: PresenceState;
}
