/**
 * PostgreSQL's channel on which the gateway and `tickets` tell each other who writes. It is worth nothing a moment
 * later, so no log keeps it.
 */
export const TYPING_CHANNEL = 'typing';

/** What is told there, as JSON; a name has at most 200 characters, so it fits a notification's 8000 bytes. */
export interface TypingNotice {
  readonly workspaceId: string;
  readonly conversationId: string;
  readonly ticketId: string;
  readonly by: 'agent' | 'contact';
  readonly name: string;
}
