import type { SiteUser } from './chat.js';
import { Frame } from './frame.js';

/**
 * `<script src="https://desk.example.org/chat.js" data-inbox="…" async></script>` puts the chat into a page.
 *
 * - `data-language`: BCP 47; the page's `lang`, else the browser's.
 * - `data-open`: open from the start.
 * - `data-user-id`, `data-user-signature`, `data-user-name`, `data-user-email`: the site's signed user.
 *
 * A page that learns later who its user is, or opens the chat by its own button, calls `window.tributaryChat`.
 */
interface PageApi {
  readonly open: () => void;
  readonly close: () => void;
  /** Another user, or none: what was there before is gone from the screen. */
  readonly identify: (user?: SiteUser) => void;
}

const script = document.currentScript as HTMLScriptElement | null;

function begin({ src, dataset }: HTMLScriptElement): void {
  const inboxId = dataset['inbox'];
  if (!inboxId) return;
  const language = dataset['language'] ?? (document.documentElement.lang || navigator.language);
  const { userId: id, userSignature: signature, userName: name, userEmail: email } = dataset;
  const ofPage = id && signature ? { id, signature, name, email } : undefined;
  const desk = new URL(src).origin;
  let frame = new Frame({ desk, inboxId, language, user: ofPage });
  frame.show('open' in dataset);
  const api: PageApi = {
    open: () => frame.open(),
    close: () => frame.close(),
    identify: (user) => {
      frame.remove();
      frame = new Frame({ desk, inboxId, language, user });
      frame.show(false);
    },
  };
  Object.assign(window, { tributaryChat: api });
}

if (script) {
  if (document.body) begin(script);
  else addEventListener('DOMContentLoaded', () => begin(script), { once: true });
}
