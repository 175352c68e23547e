import { chromiumPath } from '@tributary/testing';
import { chromium, type Browser } from 'playwright-core';

/** The machine's Chromium, without its own errands on the network. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath(),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
