import type { ChatMessage } from '@tributary/contracts';
import type { Chat, Unsent } from './chat.js';
import { element, icon, ICONS, linked } from './element.js';
import { fill, type Words } from './words.js';

interface ShownFile {
  readonly id: string | undefined;
  readonly name: string;
  readonly size: number;
  readonly contentType: string;
}

interface Shown {
  /** The same before and after the desk has it, so that a message never jumps or blinks. */
  readonly key: string;
  readonly from: 'you' | 'us';
  readonly author: string;
  readonly at: Date;
  readonly text: string;
  readonly files: readonly ShownFile[];
  readonly status: string;
  readonly refused: boolean;
}

interface Drawn {
  readonly item: HTMLElement;
  readonly foot: HTMLElement;
  content: string;
  footing: string;
}

/** Types that browsers draw and that carry no script. */
const PICTURES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);
const LARGEST_PICTURE = 5_000_000;
const PICTURE_WIDTH = 220;
const BREATH_MS = 3 * 60_000;
/** Pixels from the end within which a reader is at the end, and stays there. */
const AT_END = 60;

/** The messages, each drawn once; what changes of one is its foot. */
export class ThreadView {
  readonly root: HTMLElement;
  readonly #greeting: HTMLElement;
  readonly #drawn = new Map<string, Drawn>();
  readonly #time: Intl.DateTimeFormat;
  readonly #day: Intl.DateTimeFormat;

  constructor(
    private readonly chat: Chat,
    private readonly words: Words,
    language: string,
  ) {
    this.#time = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit' });
    this.#day = new Intl.DateTimeFormat(language, {
      month: 'short',
      day: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
    });
    this.#greeting = element('div', { class: 'message us greeting' });
    this.root = element('div', { class: 'thread', role: 'log', 'aria-label': words.thread, tabindex: '0' });
    this.root.append(this.#greeting);
  }

  draw(): void {
    const { root } = this;
    const wasAtEnd = root.scrollHeight - root.scrollTop - root.clientHeight < AT_END;
    const greeting = this.chat.settings?.greeting ?? this.words.greeting;
    if (this.#greeting.textContent !== greeting) {
      this.#greeting.replaceChildren(element('div', { class: 'bubble' }, greeting));
    }
    const shown = this.#shown();
    const keys = new Set(shown.map(({ key }) => key));
    for (const [key, { item }] of this.#drawn) {
      if (keys.has(key)) continue;
      item.remove();
      this.#drawn.delete(key);
    }
    let before: Element = this.#greeting;
    for (const [i, each] of shown.entries()) {
      const item = this.#drawOne(each);
      const next = shown[i + 1];
      item.classList.toggle('follows', isOneBreath(shown[i - 1], each));
      item.classList.toggle('followed', each.status === '' && isOneBreath(each, next));
      if (before.nextElementSibling !== item) before.after(item);
      before = item;
    }
    if (wasAtEnd) this.toEnd();
  }

  toEnd(): void {
    this.root.scrollTop = this.root.scrollHeight;
  }

  #shown(): Shown[] {
    const messages = this.chat.messages();
    const told = new Set(messages.map(({ clientId }) => clientId));
    const unsent = this.chat.outbox.entries().filter(({ clientId }) => !told.has(clientId));
    const lastOwn = messages.findLast(({ from }) => from === 'you')?.id;
    return [
      ...messages.map((message) => this.#ofMessage(message, message.id === lastOwn && unsent.length === 0)),
      ...unsent.map((entry) => this.#ofUnsent(entry)),
    ];
  }

  #ofMessage(message: ChatMessage, isLastOwn: boolean): Shown {
    const { clientId, id, from, author, text, files, position } = message;
    const isSeen = position <= (this.chat.state?.seenUpTo ?? 0);
    const status = isLastOwn ? (isSeen ? this.words.seen : this.words.sent) : '';
    return {
      key: clientId ?? id,
      from,
      author,
      at: new Date(message.at),
      text,
      files,
      status,
      refused: false,
    };
  }

  #ofUnsent({ clientId, at, fields, files, refused }: Unsent): Shown {
    const { words } = this;
    const waits = this.chat.connection === 'lost' || !navigator.onLine;
    return {
      ...{ key: clientId, from: 'you', author: words.you, at: new Date(at), text: fields['text'] ?? '' },
      files: files.map((file) => ({ ...file, id: undefined })),
      status: refused === undefined ? (waits ? words.waiting : words.sending) : words.refused,
      refused: refused !== undefined,
    };
  }

  #drawOne(shown: Shown): HTMLElement {
    const content = JSON.stringify([shown.from, shown.text, shown.files]);
    const known = this.#drawn.get(shown.key);
    const drawn = known?.content === content ? known : this.#make(shown, content, known?.item);
    this.#drawn.set(shown.key, drawn);
    this.#drawFoot(drawn, shown);
    return drawn.item;
  }

  #make({ from, author, text, files }: Shown, content: string, old: HTMLElement | undefined): Drawn {
    const foot = element('div', { class: 'foot' });
    const who = element(
      'span',
      { class: from === 'you' ? 'quiet-label' : 'author' },
      from === 'you' ? this.words.you : author,
    );
    const item = element(
      'div',
      { class: `message ${from}` },
      who,
      text === '' ? undefined : element('div', { class: 'bubble' }, ...linked(text)),
      ...files.map((file) => this.#file(file)),
      foot,
    );
    old?.replaceWith(item);
    return { item, foot, content, footing: '' };
  }

  #drawFoot(drawn: Drawn, { key, at, status, refused }: Shown): void {
    const isToday = at.toDateString() === new Date().toDateString();
    const time = (isToday ? this.#time : this.#day).format(at);
    const footing = `${time}|${status}`;
    if (footing === drawn.footing) return;
    drawn.footing = footing;
    const { words, chat } = this;
    const act = (label: string, work: () => void) => {
      const button = element('button', { type: 'button', class: 'link' }, label);
      button.addEventListener('click', work);
      return button;
    };
    drawn.item.classList.toggle('refused', refused);
    drawn.foot.replaceChildren(
      element('time', { datetime: at.toISOString() }, time),
      ...(status === '' ? [] : [element('span', {}, ` · ${status}`)]),
      ...(refused
        ? [act(words.again, () => chat.outbox.again(key)), act(words.discard, () => chat.outbox.discard(key))]
        : []),
    );
  }

  #file({ id, name, size, contentType }: ShownFile): HTMLElement {
    const label = fill(this.words.download, { name });
    const button = element(
      'button',
      { type: 'button', class: 'file', 'aria-label': label, disabled: id === undefined },
      icon(...ICONS.file),
      element('span', { class: 'file-name' }, name),
      element('span', { class: 'file-size' }, sizeText(size)),
    );
    if (id === undefined) return button;
    button.addEventListener('click', () => void this.#download(id, name));
    if (PICTURES.has(contentType) && size <= LARGEST_PICTURE) void this.#picture(id, name, button);
    return button;
  }

  /** On a canvas: a page's policy need not allow images of ours, nor blobs. */
  async #picture(id: string, name: string, button: HTMLElement): Promise<void> {
    try {
      const bitmap = await createImageBitmap(await this.chat.file(id));
      const canvas = element('canvas', { role: 'img', 'aria-label': name });
      const scale = Math.min(1, PICTURE_WIDTH / bitmap.width, PICTURE_WIDTH / bitmap.height);
      canvas.width = Math.max(1, Math.round(bitmap.width * scale));
      canvas.height = Math.max(1, Math.round(bitmap.height * scale));
      canvas.getContext('2d')?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
      bitmap.close();
      const atEnd = this.root.scrollHeight - this.root.scrollTop - this.root.clientHeight < AT_END;
      button.classList.add('picture');
      button.replaceChildren(canvas);
      if (atEnd) this.toEnd();
    } catch {
      // What cannot be drawn stays a file with a name.
    }
  }

  async #download(id: string, name: string): Promise<void> {
    const url = URL.createObjectURL(await this.chat.file(id));
    element('a', { href: url, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  }
}

/** Of one author, with no more than a moment between: name and time stand once. */
function isOneBreath(one: Shown | undefined, other: Shown | undefined): boolean {
  return (
    one !== undefined &&
    other !== undefined &&
    one.from === other.from &&
    (one.from === 'you' || one.author === other.author) &&
    other.at.getTime() - one.at.getTime() < BREATH_MS
  );
}

export function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
