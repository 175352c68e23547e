import type { Page } from 'playwright-core';
import { eventually } from './eventually.js';

/** What a customer does with the chat in a page, and sees there. */
export class Widget {
  constructor(readonly page: Page) {}

  async open(): Promise<void> {
    await this.page.getByRole('button', { name: /^(Open chat|打开聊天)/ }).click();
  }

  async write(text: string): Promise<void> {
    const box = this.page.getByRole('textbox', { name: /^(Message|消息)$/ });
    await box.fill(text);
    await box.press('Enter');
  }

  /** The texts of the thread from top to bottom, without the greeting. */
  texts(): Promise<string[]> {
    return this.page.locator('.message:not(.greeting) .bubble').allInnerTexts();
  }

  /** Waits until the thread is these texts, each once, in this order, and all are with the desk. */
  async shows(texts: readonly string[]): Promise<void> {
    let last: readonly string[] = [];
    await eventually(`the chat shows ${texts.length} messages`, async () => {
      last = await this.texts();
      const waiting = await this.page.getByText(/^ · (Sending|Waiting)/).count();
      return last.length >= texts.length && waiting === 0 ? true : undefined;
    }).catch((error: unknown) => {
      throw new Error(`the chat shows ${JSON.stringify(last)}`, { cause: error });
    });
  }
}

/** The accessible name of what has the focus, within the shadow tree as well. */
export function focusedName(page: Page): Promise<string> {
  return page.evaluate(() => {
    interface Focusable {
      readonly shadowRoot: { readonly activeElement: Focusable | null } | null;
      readonly labels?: Iterable<{ readonly textContent: string }>;
      readonly textContent: string;
      getAttribute(name: string): string | null;
    }
    const { document } = globalThis as unknown as { document: { activeElement: Focusable } };
    let at = document.activeElement;
    while (at.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
    return at.getAttribute('aria-label') ?? [...(at.labels ?? [])][0]?.textContent ?? at.textContent;
  });
}
