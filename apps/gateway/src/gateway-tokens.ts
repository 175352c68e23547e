export const ACCEPTANCE = Symbol('Acceptance');
export const INBOX_LOOKUP = Symbol('InboxLookup');
