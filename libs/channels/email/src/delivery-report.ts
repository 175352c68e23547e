import type { Mail, MailFile } from './mail.js';
import { parseOwnMessageId, singleMessageId } from './message-id.js';

/** What a delivery report (RFC 3464) says about the mail it reports on. */
export interface DeliveryReport {
  /** Message-ID of the mail that was sent, when the report carries it. */
  readonly originalMessageId?: string;
  /** `delayed` when the mail system still tries. */
  readonly outcome: 'failed' | 'delayed' | 'delivered';
  /** For people: status code, the remote server's words. */
  readonly detail: string;
}

/** A report says what it has to say at its beginning; an original mail's header stands there, too. */
const READ_CHARACTERS = 256 * 1024;
const ORIGINAL_TYPES = new Set([
  'message/rfc822',
  'text/rfc822-headers',
  'message/rfc822-headers',
  'message/global',
]);
const STATUS_TYPES = new Set(['message/delivery-status', 'message/global-delivery-status']);

/**
 * Reads a bounce: machine-readable parts first, then its text, because a third of real reports are prose.
 *
 * @param ownDomain domain of our Message-IDs, to make one of the envelope id that we gave the mail.
 */
export function readDeliveryReport(mail: Mail, ownDomain: string): DeliveryReport {
  const status = mail.files
    .filter((file) => STATUS_TYPES.has(file.contentType))
    .map(text)
    .join('\n');
  const prose = (mail.text ?? mail.html ?? '').slice(0, READ_CHARACTERS);
  const original = originalMessageId(mail, status, prose, ownDomain);
  return {
    ...(original === undefined ? {} : { originalMessageId: original }),
    outcome: outcome(status, `${mail.subject ?? ''}\n${prose}`),
    detail: detail(status, prose),
  };
}

function originalMessageId(mail: Mail, status: string, prose: string, ownDomain: string): string | undefined {
  const originals = mail.files.filter((file) => ORIGINAL_TYPES.has(file.contentType)).map(text);
  const found = [...originals, prose].map((source) => field(source, 'Message-ID')).map(singleMessageId);
  const envelopeId = field(status, 'Original-Envelope-Id');
  const fromEnvelope = envelopeId === undefined ? undefined : singleMessageId(`<${envelopeId}@${ownDomain}>`);
  const answered = singleMessageId(mail.header('in-reply-to'));
  const candidates = [...found, fromEnvelope, answered].filter((id) => id !== undefined);
  return candidates.find((id) => parseOwnMessageId(id) !== undefined) ?? found.find((id) => id !== undefined);
}

function outcome(status: string, prose: string): DeliveryReport['outcome'] {
  const actions = [...status.matchAll(/^Action:[ \t]*([a-z]+)/gim)].map((match) => match[1]?.toLowerCase());
  if (actions.includes('failed')) return 'failed';
  if (actions.includes('delayed')) return 'delayed';
  if (
    actions.length > 0 &&
    actions.every((action) => /^(?:delivered|relayed|expanded)$/.test(action ?? ''))
  ) {
    return 'delivered';
  }
  const waits =
    /\bdelayed\b|will (?:be |keep |continue )?(?:retr|try)|still (?:being )?(?:tr(?:y|ied)|retr)/i;
  return waits.test(prose.slice(0, 4000)) ? 'delayed' : 'failed';
}

function detail(status: string, prose: string): string {
  const parts = [
    field(status, 'Final-Recipient')?.replace(/^[^;]*;\s*/, ''),
    field(status, 'Status'),
    field(status, 'Diagnostic-Code')?.replace(/^smtp;\s*/i, ''),
  ].filter((part) => part !== undefined);
  const said = parts.length > 0 ? parts.join(' ') : prose.replace(/\s+/g, ' ').trim();
  return said.slice(0, 1000) || 'The mail system gave no reason.';
}

/** First field of that name, also behind quote marks, unfolded. */
function field(source: string, name: string): string | undefined {
  const pattern = new RegExp(`^[> \\t]*${name}:[ \\t]*([^\\r\\n]*(?:\\r?\\n[ \\t]+[^\\r\\n]+)*)`, 'im');
  const value = pattern.exec(source)?.[1]?.replace(/\s+/g, ' ').trim();
  return value === '' ? undefined : value;
}

function text(file: MailFile): string {
  return new TextDecoder().decode(file.content.subarray(0, READ_CHARACTERS)).replaceAll('\0', '');
}
