import { ALWAYS_OPEN, type ChannelManifest } from '@tributary/channel-sdk';

const TLS_MODES = ['tls', 'starttls', 'none'] as const;

/** Bytes of one mail read from a mailbox; a larger one is kept by its beginning alone. */
export const MAX_MAIL_BYTES = 30 * 1024 * 1024;

export const manifest: ChannelManifest = {
  channel: 'email',
  title: 'E-mail',
  description: 'A mailbox read over IMAP, or mail forwarded to us, answered over SMTP.',
  host: 'email-ingest',
  settings: [
    {
      name: 'address',
      label: 'Mail address',
      help: 'The address customers write to. Replies come from it.',
      type: 'text',
      required: true,
    },
    {
      name: 'displayName',
      label: 'Sender name',
      help: 'Shown with the agent’s name: “Ada (Acme Support)”.',
      type: 'text',
      required: false,
    },
    {
      name: 'plusAddressing',
      label: 'Plus addresses',
      help: 'Replies ask for answers at help+token@…, which ties them to the conversation even when a mail program cuts the references. Turn off when the mailbox does not receive such addresses.',
      type: 'boolean',
      required: false,
      default: true,
    },
    {
      name: 'imapHost',
      label: 'IMAP server',
      help: 'Leave empty when the mail is forwarded to us instead of fetched.',
      type: 'text',
      required: false,
    },
    {
      name: 'imapPort',
      label: 'IMAP port',
      help: '993 for TLS, 143 for STARTTLS.',
      type: 'number',
      required: false,
      default: 993,
    },
    {
      name: 'imapTls',
      label: 'IMAP encryption',
      help: '“none” sends the password in the clear: for a server on the same machine only.',
      type: 'choice',
      required: false,
      choices: TLS_MODES,
      default: 'tls',
    },
    {
      name: 'imapUser',
      label: 'IMAP user',
      help: 'Often the mail address.',
      type: 'text',
      required: false,
    },
    {
      name: 'imapPassword',
      label: 'IMAP password',
      help: 'An app password where the provider has two-step sign-in.',
      type: 'secret',
      required: false,
    },
    {
      name: 'imapMailbox',
      label: 'Folder',
      help: 'The folder to read. Everything in it becomes a message; nothing in it is changed or deleted.',
      type: 'text',
      required: false,
      default: 'INBOX',
    },
    {
      name: 'smtpHost',
      label: 'SMTP server',
      help: 'Leave empty for an inbox that only receives.',
      type: 'text',
      required: false,
    },
    {
      name: 'smtpPort',
      label: 'SMTP port',
      help: '465 for TLS, 587 for STARTTLS.',
      type: 'number',
      required: false,
      default: 465,
    },
    {
      name: 'smtpTls',
      label: 'SMTP encryption',
      help: '“none” sends the password in the clear: for a server on the same machine only.',
      type: 'choice',
      required: false,
      choices: TLS_MODES,
      default: 'tls',
    },
    {
      name: 'smtpUser',
      label: 'SMTP user',
      help: 'Leave empty when the server asks for no sign-in.',
      type: 'text',
      required: false,
    },
    {
      name: 'smtpPassword',
      label: 'SMTP password',
      help: 'An app password where the provider has two-step sign-in.',
      type: 'secret',
      required: false,
    },
  ],
  capabilities: {
    attachments: true,
    maxTextLength: null,
    // Most providers refuse a mail over 25 MB, and base64 makes 4 bytes of 3.
    maxAttachmentBytes: 18 * 1024 * 1024,
  },
  sendPolicy: ALWAYS_OPEN,
  verification: 'real_protocol',
  answerWithinMs: null,
  identityKind: 'email',
  sources: [
    { title: 'RFC 9051, IMAP4rev2', url: 'https://www.rfc-editor.org/rfc/rfc9051', read: '2026-11-24' },
    { title: 'RFC 5322, message format', url: 'https://www.rfc-editor.org/rfc/rfc5322', read: '2026-11-24' },
    {
      title: 'RFC 3464, delivery reports',
      url: 'https://www.rfc-editor.org/rfc/rfc3464',
      read: '2026-11-24',
    },
    {
      title: 'RFC 3834, automatic answers',
      url: 'https://www.rfc-editor.org/rfc/rfc3834',
      read: '2026-11-24',
    },
    {
      title: 'RFC 5965, complaint reports',
      url: 'https://www.rfc-editor.org/rfc/rfc5965',
      read: '2026-11-24',
    },
    { title: 'RFC 5233, plus addresses', url: 'https://www.rfc-editor.org/rfc/rfc5233', read: '2026-11-24' },
  ],
};
