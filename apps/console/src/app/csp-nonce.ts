import { setNonce } from 'get-nonce';

/** The nonce of this answer, put into the page by the server; empty where no policy is in force. */
export function cspNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';
}

/** Mantine takes the nonce from its provider, but the scroll lock of its dialogs asks `get-nonce`. */
export function announceNonce(): void {
  setNonce(cspNonce());
}
