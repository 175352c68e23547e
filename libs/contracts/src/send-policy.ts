/** When and how much a provider lets us write to a customer; a channel's manifest says it, `tickets` keeps to it. */
export interface SendPolicy {
  /** Open for so long after what the customer did last (the first that is open counts); empty: always open. */
  readonly windows: readonly ReplyWindow[];
  /** Texts that were approved beforehand may be sent outside the windows. */
  readonly templates: boolean;
  /** Messages a second for the whole inbox, and for one customer; null without limit. */
  readonly perSecond: { readonly inbox: number | null; readonly contact: number | null };
}

/** Of channels that let us write at any time. */
export const ALWAYS_OPEN: SendPolicy = {
  windows: [],
  templates: false,
  perSecond: { inbox: null, contact: null },
};

export interface ReplyWindow {
  /** `message`: the customer wrote; `event`: the customer did something else (followed, entered, tapped a menu). */
  readonly opensOn: 'message' | 'event';
  readonly hours: number;
  /** Messages within one window; null without limit. */
  readonly messages: number | null;
  /** Mark that the provider wants on what is sent in it (Meta's `HUMAN_AGENT`). */
  readonly tag?: string;
}
