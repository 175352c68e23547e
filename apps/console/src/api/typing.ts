import { useEffect, useState } from 'react';
import { request } from './http.js';

/** A mark is said anew every few seconds while somebody writes; without the next one it ends. */
const SHOWN_MS = 6000;
const SAID_MS = 3000;

const readers = new Map<string, () => void>();
let said = { ticketId: '', at: 0 };

/** The stream says that the ticket's customer writes. */
export function hearTyping(ticketId: string): void {
  readers.get(ticketId)?.();
}

/** True while the ticket's customer writes. */
export function useCustomerTyping(ticketId: string): boolean {
  const [isTyping, setTyping] = useState(false);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    readers.set(ticketId, () => {
      clearTimeout(timer);
      setTyping(true);
      timer = setTimeout(() => setTyping(false), SHOWN_MS);
    });
    return () => {
      clearTimeout(timer);
      readers.delete(ticketId);
    };
  }, [ticketId]);
  return isTyping;
}

/** Tells the customer's page now and then that somebody answers; what gets lost is said again. */
export function sayTyping(ticketId: string): void {
  const now = Date.now();
  if (said.ticketId === ticketId && now - said.at < SAID_MS) return;
  said = { ticketId, at: now };
  request('POST', `/api/tickets/${ticketId}/typing`).catch(() => undefined);
}
