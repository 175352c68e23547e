import type { Chat } from './chat.js';
import { RefusedError } from './chat-api.js';
import { element } from './element.js';
import { fill, type Words } from './words.js';

/** The customer may have what was said by mail, once somebody has answered. */
export class TranscriptForm {
  readonly root: HTMLElement;
  readonly #offer: HTMLButtonElement;
  readonly #form: HTMLFormElement;
  readonly #email: HTMLInputElement;
  readonly #told = element('p', { role: 'status' });

  constructor(
    private readonly chat: Chat,
    private readonly words: Words,
  ) {
    this.#offer = element(
      'button',
      { type: 'button', class: 'link', 'aria-expanded': 'false' },
      words.transcript,
    );
    this.#email = element('input', {
      type: 'email',
      maxlength: '320',
      autocomplete: 'email',
      'aria-label': words.email,
      placeholder: words.email,
    });
    const send = element('button', { type: 'submit', class: 'small' }, words.send);
    this.#form = element('form', { novalidate: true, hidden: true }, this.#email, send);
    this.root = element('div', { class: 'transcript', hidden: true }, this.#offer, this.#form, this.#told);
    this.#offer.addEventListener('click', () => this.#turn(Boolean(this.#form.hidden)));
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#send();
    });
  }

  draw(): void {
    const isAnswered = this.chat.messages().some(({ from }) => from === 'us');
    this.root.hidden = !this.chat.settings?.transcripts || !isAnswered;
  }

  #turn(open: boolean): void {
    this.#form.hidden = !open;
    this.#offer.setAttribute('aria-expanded', String(open));
    if (!open) return;
    this.#told.textContent = '';
    this.#email.value ||= this.chat.email;
    this.#email.focus();
  }

  async #send(): Promise<void> {
    const email = this.#email.value.trim();
    try {
      await this.chat.transcript(email);
      this.#turn(false);
      this.#told.textContent = fill(this.words.transcriptSent, { email });
      this.#offer.focus();
    } catch (error) {
      const isAddress = error instanceof RefusedError && error.status === 400;
      this.#told.textContent = isAddress ? this.words.needEmail : this.words.transcriptFailed;
      this.#email.focus();
    }
  }
}
