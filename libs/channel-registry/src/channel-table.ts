import type { ChannelManifest, ChannelModule, Inbound, ReplyWindow } from '@tributary/channel-sdk';

const WAYS_IN: Readonly<Record<Inbound['kind'], string>> = {
  webhook: 'signed calls',
  poll: 'polled',
  pull: 'a signed call, then pulled',
  call: 'signed turns of a call',
  form: 'our own page',
};

const PROOFS: Readonly<Record<ChannelManifest['verification'], string>> = {
  real_protocol: 'the real protocol, here',
  published_vectors: 'published vectors and our simulator',
  live_account_needed: 'our simulator; a live account for the last step',
};

/** The channels as a table in Markdown, from their manifests: one line a channel, in the registry's order. */
export function channelTable(modules: readonly ChannelModule[]): string {
  const rows = modules.map(({ manifest, inbound }) => [
    ...[
      manifest.title,
      `\`${manifest.channel}\``,
      WAYS_IN[inbound.kind],
      lengthOf(manifest),
      filesOf(manifest),
    ],
    ...[windowsOf(manifest), PROOFS[manifest.verification]],
  ]);
  const head = [
    'channel',
    'name',
    'comes in by',
    'a text out',
    'files out',
    'when we may write',
    'proved by',
  ];
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((cells) => cells[column]!.length)));
  const lines = [head, widths.map((width) => '-'.repeat(width)), ...rows];
  return lines
    .map((cells) => `| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |`)
    .join('\n');
}

function lengthOf({ capabilities: { maxTextLength } }: ChannelManifest): string {
  return maxTextLength === null ? 'any length' : `${maxTextLength.toLocaleString('en')} characters`;
}

function filesOf({ capabilities: { attachments, maxAttachmentBytes } }: ChannelManifest): string {
  return attachments ? `${Number((maxAttachmentBytes / 1_000_000).toPrecision(2))} MB` : 'none';
}

function windowsOf({ sendPolicy: { windows } }: ChannelManifest): string {
  return windows.length === 0 ? 'always' : windows.map(describeWindow).join('; ');
}

function describeWindow({ opensOn, hours, messages, tag }: ReplyWindow): string {
  const time = hours < 1 ? `${Math.round(hours * 60)} min` : `${hours} h`;
  const since = opensOn === 'message' ? 'a message' : 'another action';
  return `${time} after ${since}${messages === null ? '' : `, ${messages} messages`}${tag === undefined ? '' : ` (${tag})`}`;
}
