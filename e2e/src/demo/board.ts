export type Mark = 'waits' | 'runs' | 'done' | 'failed';

interface Row {
  readonly label: string;
  mark: Mark;
  text: string;
}

const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const SYMBOLS = { waits: '·', done: '✓', failed: '✗' } as const;
const COLOURS = { waits: 2, runs: 36, done: 32, failed: 31 } as const;
const FRAME_MS = 80;
const ESC = '\u001b[';

/** Where the board is written: a terminal, or a log. */
export interface Screen {
  write(text: string): void;
  readonly columns: number | undefined;
  readonly isTerminal: boolean;
}

/** Rows that change in place on a terminal; on anything else one plain line for each change. */
export class Board {
  readonly #rows: Row[] = [];
  #timer: NodeJS.Timeout | undefined;
  #drawn = 0;
  #frame = 0;

  constructor(private readonly screen: Screen) {}

  /** A line that stays above the rows. */
  say(text: string): void {
    if (!this.screen.isTerminal) return this.screen.write(`${text}\n`);
    this.#erase();
    this.screen.write(`${text}\n`);
    this.#draw();
  }

  row(label: string, text = ''): (mark: Mark, text: string) => void {
    const row: Row = { label, mark: 'waits', text };
    this.#rows.push(row);
    return (mark, changed) => {
      row.mark = mark;
      row.text = changed;
      if (this.screen.isTerminal) this.#redraw();
      else this.screen.write(`${mark.padEnd(6)} ${label}  ${changed}\n`);
    };
  }

  start(): void {
    if (!this.screen.isTerminal) return;
    this.screen.write(`${ESC}?25l`);
    this.#draw();
    this.#timer = setInterval(() => this.#redraw(), FRAME_MS);
  }

  /** Leaves the rows as they are, and begins a new board below. */
  end(): void {
    if (this.#timer) {
      clearInterval(this.#timer);
      this.#timer = undefined;
      this.#redraw();
      this.screen.write(`${ESC}?25h`);
    }
    this.#rows.length = 0;
    this.#drawn = 0;
  }

  #redraw(): void {
    this.#frame += 1;
    this.#erase();
    this.#draw();
  }

  #erase(): void {
    if (this.#drawn > 0) this.screen.write(`${ESC}${this.#drawn}A${ESC}0J`);
    this.#drawn = 0;
  }

  #draw(): void {
    if (!this.#timer && this.#drawn === 0 && this.#rows.length === 0) return;
    const columns = this.screen.columns ?? 100;
    const widest = Math.max(...this.#rows.map(({ label }) => width(label)));
    const labelWidth = Math.min(widest, Math.floor(columns * 0.45));
    for (const { label, mark, text } of this.#rows) {
      const symbol = mark === 'runs' ? SPINNER[this.#frame % SPINNER.length] : SYMBOLS[mark];
      const told = cut(text, columns - labelWidth - 5);
      this.screen.write(`${ESC}${COLOURS[mark]}m${symbol}${ESC}0m ${fit(label, labelWidth)}  ${told}\n`);
    }
    this.#drawn = this.#rows.length;
  }
}

const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/;

/** Columns of a terminal: characters of East Asian scripts take two (UAX 11). */
export function width(text: string): number {
  let columns = 0;
  for (const character of text) columns += WIDE.test(character) ? 2 : 1;
  return columns;
}

function cut(text: string, columns: number): string {
  if (width(text) <= columns) return text;
  let kept = '';
  for (const character of text) {
    if (width(kept + character) > columns - 1) break;
    kept += character;
  }
  return `${kept}…`;
}

function fit(text: string, columns: number): string {
  const short = cut(text, columns);
  return `${short}${' '.repeat(Math.max(0, columns - width(short)))}`;
}
