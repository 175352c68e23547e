import { Chat, type SiteUser } from './chat.js';
import { Composer } from './composer.js';
import { element, icon, ICONS } from './element.js';
import { accentSheet, STYLES } from './styles.js';
import { TranscriptForm } from './transcript-form.js';
import { ThreadView } from './thread-view.js';
import { fill, type Words, wordsIn } from './words.js';

export interface FrameParts {
  readonly desk: string;
  readonly inboxId: string;
  readonly language: string;
  readonly user: SiteUser | undefined;
}

const OPEN = 'open';
/** Below it the chat covers the page, which cannot be used meanwhile. */
const PHONE = '(max-width: 480px)';

/** The bubble and the window it opens, in a shadow tree: the page's styles end at it, and so do ours. */
export class Frame {
  readonly #host = element('tributary-chat' as 'div');
  readonly #shadow = this.#host.attachShadow({ mode: 'open' });
  readonly #words: Words;
  readonly #chat: Chat;
  readonly #thread: ThreadView;
  readonly #composer: Composer;
  readonly #transcript: TranscriptForm;
  readonly #panel: HTMLElement;
  readonly #launcher: HTMLButtonElement;
  readonly #badge = element('span', { class: 'badge', hidden: true });
  readonly #title = element('h2', { id: 'title' });
  readonly #subtitle = element('p', { class: 'subtitle' });
  readonly #status = element('p', { class: 'status', role: 'status' });
  readonly #closed = element('p', { class: 'closed', hidden: true });
  readonly #announcer = element('div', { class: 'quiet-label', 'aria-live': 'polite' });
  readonly #phone = matchMedia(PHONE);
  readonly #removed = new AbortController();
  #isOpen = false;
  #accent: string | null | undefined;
  #drawing = false;

  constructor(private readonly parts: FrameParts) {
    this.#words = wordsIn(parts.language);
    this.#chat = new Chat({
      ...parts,
      changed: () => this.#drawSoon(),
      arrived: ({ author }) => {
        if (!this.#isOpen) this.#announcer.textContent = fill(this.#words.newFrom, { name: author });
      },
    });
    this.#thread = new ThreadView(this.#chat, this.#words, parts.language);
    this.#composer = new Composer(this.#chat, this.#words, parts.user);
    this.#transcript = new TranscriptForm(this.#chat, this.#words);
    this.#launcher = element('button', { type: 'button', class: 'launcher', 'aria-haspopup': 'dialog' });
    this.#launcher.append(icon(...ICONS.bubble), this.#badge);
    this.#panel = this.#makePanel();
    this.#shadow.adoptedStyleSheets = [STYLES];
    this.#shadow.append(this.#panel, this.#launcher, this.#announcer);
    this.#listen();
  }

  /** @param open from the start; else as the customer left it. */
  show(open: boolean): void {
    document.body.append(this.#host);
    this.#host.lang = this.parts.language;
    this.#draw();
    if (open || this.#chat.kept.get(OPEN) !== undefined) this.open(false);
    void this.#chat.start();
  }

  remove(): void {
    this.#removed.abort();
    this.#chat.close();
    this.#host.remove();
  }

  /** @param takeFocus false when nobody asked for it: a page that opens keeps its own focus. */
  open(takeFocus = true): void {
    this.#isOpen = true;
    this.#chat.kept.set(OPEN, '1');
    this.#draw();
    this.#thread.toEnd();
    this.#look();
    if (takeFocus) this.#composer.focus();
  }

  close(): void {
    this.#isOpen = false;
    this.#chat.kept.remove(OPEN);
    this.#draw();
    this.#look();
    this.#launcher.focus();
  }

  #makePanel(): HTMLElement {
    const { close } = this.#words;
    const button = element(
      'button',
      { type: 'button', class: 'close', 'aria-label': close, title: close },
      icon(...ICONS.down),
    );
    button.addEventListener('click', () => this.close());
    const head = element('header', {}, element('div', {}, this.#title, this.#subtitle), button);
    return element(
      'section',
      { class: 'panel', role: 'dialog', 'aria-labelledby': 'title', hidden: true },
      head,
      this.#closed,
      this.#thread.root,
      this.#status,
      this.#transcript.root,
      this.#composer.root,
    );
  }

  #listen(): void {
    this.#launcher.addEventListener('click', () => (this.#isOpen ? this.close() : this.open()));
    this.#panel.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') this.close();
      if (event.key === 'Tab' && this.#phone.matches) this.#keepFocus(event);
      // The page's own shortcuts are not meant for what is written here.
      event.stopPropagation();
    });
    const { signal } = this.#removed;
    this.#phone.addEventListener('change', () => this.#draw(), { signal });
    document.addEventListener('visibilitychange', () => this.#look(), { signal });
  }

  /** Over a covered page, Tab goes around in the window. */
  #keepFocus(event: KeyboardEvent): void {
    const all = [
      ...this.#panel.querySelectorAll<HTMLElement>('button, input, textarea, [tabindex="0"], a[href]'),
    ];
    const usable = all.filter(
      (each) => each.tabIndex >= 0 && each.offsetParent !== null && !each.matches(':disabled'),
    );
    const [first, last] = [usable[0], usable.at(-1)];
    const at = this.#shadow.activeElement;
    if (event.shiftKey ? at === first : at === last) {
      event.preventDefault();
      (event.shiftKey ? last : first)?.focus();
    }
  }

  #look(): void {
    this.#chat.look(this.#isOpen && !document.hidden);
    this.#drawSoon();
  }

  /** Events come in bursts; the page is drawn once for each. */
  #drawSoon(): void {
    if (this.#drawing) return;
    this.#drawing = true;
    queueMicrotask(() => {
      this.#drawing = false;
      this.#draw();
    });
  }

  #draw(): void {
    const chat = this.#chat;
    const words = this.#words;
    const { settings, unread } = chat;
    if (settings && settings.accent !== this.#accent) {
      this.#accent = settings.accent;
      this.#shadow.adoptedStyleSheets = [STYLES, ...(settings.accent ? [accentSheet(settings.accent)] : [])];
    }
    this.#panel.hidden = !this.#isOpen;
    this.#panel.setAttribute('aria-modal', String(this.#phone.matches));
    this.#launcher.setAttribute('aria-expanded', String(this.#isOpen));
    this.#launcher.classList.toggle('opened', this.#isOpen);
    const label = this.#isOpen
      ? words.close
      : unread > 0
        ? fill(words.openUnread, { n: unread })
        : words.open;
    this.#launcher.setAttribute('aria-label', label);
    this.#badge.hidden = unread === 0 || this.#isOpen;
    this.#badge.textContent = unread > 9 ? '9+' : String(unread);
    this.#title.textContent = settings?.title ?? words.title;
    this.#subtitle.textContent = this.#stateText();
    this.#drawHours();
    this.#status.textContent = this.#statusText();
    this.#status.classList.toggle('lost', chat.connection === 'lost');
    this.#composer.draw();
    this.#transcript.draw();
    if (this.#isOpen) this.#thread.draw();
  }

  #drawHours(): void {
    const hours = this.#chat.state?.hours ?? this.#chat.settings?.hours;
    this.#closed.hidden = hours?.open !== false;
    if (!hours || hours.open) return;
    const { words } = { words: this.#words };
    const when =
      hours.opensAt === null
        ? undefined
        : new Intl.DateTimeFormat(this.parts.language, {
            weekday: 'long',
            hour: '2-digit',
            minute: '2-digit',
          }).format(new Date(hours.opensAt));
    const closed = when === undefined ? words.closedLong : fill(words.closed, { when });
    this.#closed.textContent = this.#chat.hasTalked ? closed : `${closed} ${words.leave}`;
  }

  /** What becomes of the request. */
  #stateText(): string {
    const { state } = this.#chat;
    const words = this.#words;
    if (!state?.status) return '';
    if (state.status === 'solved' || state.status === 'closed') return words.solved;
    if (state.agent !== null) return fill(words.with, { name: state.agent });
    if (!state.hours.open) return words.kept;
    if (state.ahead === null) return words.received;
    return state.ahead === 0 ? words.ahead0 : fill(words.ahead, { n: state.ahead });
  }

  #statusText(): string {
    const { fault, connection, typing } = this.#chat;
    if (fault !== undefined) return fill(this.#words.fault, { code: fault });
    if (connection === 'lost') return this.#words.lost;
    return typing === undefined ? '' : fill(this.#words.typing, { name: typing || this.#words.someone });
  }
}
