import type { TicketRecord } from '../rows.js';

export interface TranscriptLine {
  readonly author: string;
  readonly at: Date;
  readonly text: string;
  readonly files: readonly string[];
}

/** Characters of a mail; what is longer loses its beginning, as the end is what people look for. */
const LONGEST = 90_000;

/** A conversation as a mail in plain text, oldest first, with times in UTC: nobody knows the reader's zone. */
export function transcriptOf(
  { number, language }: Pick<TicketRecord, 'number' | 'language'>,
  lines: readonly TranscriptLine[],
): { readonly subject: string; readonly text: string } {
  const isChinese = language?.startsWith('zh') ?? false;
  const subject = isChinese ? `您的聊天记录（#${number}）` : `Your conversation with us (#${number})`;
  const said = lines.map(({ author, at, text, files }) => {
    const head = `${author}, ${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
    return [head, ...(text === '' ? [] : [text]), ...files.map((name) => `[${name}]`)].join('\n');
  });
  const text = said.join('\n\n');
  return { subject, text: text.length <= LONGEST ? text : `[…]\n${text.slice(-LONGEST).toWellFormed()}` };
}
