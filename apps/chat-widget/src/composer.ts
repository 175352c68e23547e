import type { Chat, SiteUser } from './chat.js';
import { element, icon, ICONS } from './element.js';
import { sizeText } from './thread-view.js';
import { fill, type Words } from './words.js';

const MOST_FILES = 10;
const MOST_BYTES = 20_000_000;
const LONGEST_TEXT = 20_000;
const ADDRESS = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
const DRAFT = 'draft';
const TALLEST = 120;

/** Where the customer writes; before their first message also who they are, as far as the desk asks. */
export class Composer {
  readonly root: HTMLFormElement;
  readonly #text: HTMLTextAreaElement;
  readonly #name: HTMLInputElement;
  readonly #email: HTMLInputElement;
  readonly #emailLabel: HTMLElement;
  readonly #nameLabel: HTMLElement;
  readonly #who: HTMLElement;
  readonly #fault = element('p', { class: 'fault', role: 'alert' });
  readonly #chips = element('ul', { class: 'chips' });
  readonly #picker = element('input', {
    type: 'file',
    multiple: true,
    class: 'hidden',
    tabindex: '-1',
    'aria-hidden': 'true',
  });
  #files: File[] = [];

  constructor(
    private readonly chat: Chat,
    private readonly words: Words,
    private readonly user: SiteUser | undefined,
  ) {
    this.#text = element('textarea', {
      rows: '1',
      maxlength: String(LONGEST_TEXT),
      placeholder: words.write,
      'aria-label': words.message,
    });
    this.#text.value = chat.kept.get(DRAFT) ?? '';
    this.#name = element('input', { type: 'text', maxlength: '200', autocomplete: 'name' });
    this.#email = element('input', { type: 'email', maxlength: '320', autocomplete: 'email' });
    this.#nameLabel = element('span', {}, words.name);
    this.#emailLabel = element('span', {}, words.email);
    this.#who = element(
      'div',
      { class: 'who' },
      element('label', {}, this.#nameLabel, this.#name),
      element('label', {}, this.#emailLabel, this.#email),
    );
    const attach = element(
      'button',
      { type: 'button', class: 'tool', 'aria-label': words.attach, title: words.attach },
      icon(...ICONS.clip),
    );
    attach.addEventListener('click', () => this.#picker.click());
    const send = element(
      'button',
      { type: 'submit', class: 'send', 'aria-label': words.send, title: words.send },
      icon(...ICONS.send),
    );
    this.root = element(
      'form',
      { class: 'composer', novalidate: true },
      this.#who,
      this.#fault,
      this.#chips,
      element('div', { class: 'line' }, attach, this.#text, send),
      this.#picker,
    );
    this.#listen();
  }

  /** Where the customer goes on: the first thing that is asked and not answered, or the message. */
  focus(): void {
    const asked = [this.#name, this.#email].find((field) => !this.#who.hidden && field.value === '');
    (asked ?? this.#text).focus();
  }

  draw(): void {
    const { settings, hasTalked, fault } = this.chat;
    const isClosed = settings?.hours.open === false;
    this.#who.hidden =
      hasTalked || this.user !== undefined || (settings?.ask === 'nothing' && !isClosed) || !settings;
    const needed = settings?.ask === 'needed';
    this.#name.required = needed;
    this.#email.required = needed || isClosed;
    for (const [label, text, field] of [
      [this.#nameLabel, this.words.name, this.#name],
      [this.#emailLabel, this.words.email, this.#email],
    ] as const) {
      label.textContent = field.required ? text : `${text} (${this.words.optional})`;
    }
    this.root.hidden = fault !== undefined;
  }

  #listen(): void {
    this.root.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#submit();
    });
    this.#text.addEventListener('input', () => {
      this.chat.kept.set(DRAFT, this.#text.value);
      this.chat.write();
      this.#grow();
    });
    this.#text.addEventListener('keydown', (event) => {
      // Enter also takes a suggestion of a Chinese keyboard; that one sends nothing.
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      void this.#submit();
    });
    this.#text.addEventListener('paste', (event) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length > 0) this.#take(files);
    });
    this.#picker.addEventListener('change', () => {
      this.#take([...(this.#picker.files ?? [])]);
      this.#picker.value = '';
    });
  }

  #take(files: readonly File[]): void {
    const all = [...this.#files, ...files];
    const bytes = all.reduce((sum, { size }) => sum + size, 0);
    if (all.length > MOST_FILES) return this.#complain(this.words.tooMany);
    if (bytes > MOST_BYTES) return this.#complain(this.words.tooLarge);
    this.#files = all;
    this.#complain('');
    this.#drawChips();
  }

  #drawChips(): void {
    this.#chips.replaceChildren(
      ...this.#files.map((file) => {
        const label = fill(this.words.remove, { name: file.name });
        const remove = element('button', { type: 'button', 'aria-label': label }, icon(...ICONS.close));
        remove.addEventListener('click', () => {
          this.#files = this.#files.filter((each) => each !== file);
          this.#drawChips();
          this.#text.focus();
        });
        return element(
          'li',
          {},
          element('span', {}, file.name),
          element('small', {}, sizeText(file.size)),
          remove,
        );
      }),
    );
  }

  async #submit(): Promise<void> {
    const text = this.#text.value.trim();
    const [name, email] = [this.#name.value.trim(), this.#email.value.trim()];
    if (!this.#who.hidden) {
      if (this.#name.required && name === '') return this.#complain(this.words.needName, this.#name);
      if ((this.#email.required || email !== '') && !ADDRESS.test(email)) {
        return this.#complain(this.words.needEmail, this.#email);
      }
    }
    if (text === '' && this.#files.length === 0) return this.#complain(this.words.needText, this.#text);
    const files = this.#files;
    this.#complain('');
    this.#text.value = '';
    this.#files = [];
    this.#drawChips();
    this.#grow();
    this.chat.kept.remove(DRAFT);
    this.#text.focus();
    await this.chat.send(text, files, this.#who.hidden ? {} : { name, email });
  }

  #complain(text: string, field?: HTMLElement): void {
    this.#fault.textContent = text;
    for (const each of [this.#name, this.#email, this.#text]) each.removeAttribute('aria-invalid');
    field?.setAttribute('aria-invalid', 'true');
    field?.focus();
  }

  #grow(): void {
    this.#text.rows = 1;
    const line = 20;
    this.#text.rows = Math.min(TALLEST / line, Math.max(1, Math.floor(this.#text.scrollHeight / line)));
  }
}
