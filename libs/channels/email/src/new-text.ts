interface Line {
  readonly text: string;
  readonly quoted: boolean;
}

/** What mail programs write around an original fits into this; longer lines are a customer's paragraphs. */
const LONGEST_MARK = 400;

/** “wrote”, as mail programs say it before the original. */
const WROTE =
  /(?:wrote|schrieb|écrit|escribió|escribio|escreveu|ha scritto|schreef|napisał(?:\(a\))?|skrev|kirjoitti|написала?|написал\(а\)|пишет|писал\(а\)|yazdı|写道|寫道|のメール|작성)\s*[:：]?$/i;
/** How the line before an original begins: a preposition before the date, a weekday, a date. */
const ATTRIBUTION_BEGINS =
  /^(?:(?:On|Am|Le|El|Em|Il|Op|Den|Dnia|W dniu|Pada|Vào|På|В|На)\s|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\w*,?\s|在|于|於|\d{1,4}[./年-])/;
const ADDRESS_OR_TIME = /<[^<>@\s]+@[^<>\s]+>|\b\d{1,2}:\d{2}\b|\d{4}年/;

/** “----- Original Message -----” in the languages of the programs that write it. */
const ORIGINAL_DELIMITER =
  /^[-_*\s]{2,}(?:original message|original appointment|forwarded message|originalnachricht|ursprüngliche nachricht|message d['’]origine|message transféré|mensaje original|mensagem original|messaggio originale|oorspronkelijk bericht|исходное сообщение|пересылаемое сообщение|原始邮件|原始郵件|转发邮件|回复邮件|元のメッセージ)[-_*\s]{2,}$/i;

/** Names of the header lines that Outlook and its like put before the original: sender, then any of the others. */
const FROM =
  /^\W{0,2}(?:From|Von|De|Da|Van|Från|Fra|Od|От|Lähettäjä|Gönderen|发件人|寄件者|差出人|보낸\s?사람)\s*\W{0,2}[:：]/i;
const OTHER_HEADER =
  /^\W{0,2}(?:Sent|Date|To|Cc|Subject|Reply-To|Gesendet|Datum|An|Betreff|Envoyé|À|A|Objet|Enviado(?: el)?|Fecha|Para|Asunto|Assunto|Data|Inviato|Oggetto|Verzonden|Aan|Onderwerp|Skickat|Till|Ämne|Sendt|Til|Emne|Wysłano|Do|Temat|Отправлено|Дата|Кому|Копия|Тема|发送时间|日期|收件人|抄送|主题|寄件日期|收件者|主旨|送信日時|宛先|件名|보낸\s?날짜|받는\s?사람|제목)\s*\W{0,2}[:：]/i;

/**
 * The new text of a reply: without the quoted original, its delimiter and the line that introduces it; text
 * between and below quotes stays. Signatures stay: cutting them takes words of customers who sign in mid-text.
 *
 * @returns undefined when there is nothing quoted, or nothing else.
 */
export function newText(text: string): string | undefined {
  const all = text.split(/\r?\n/).map((line) => ({ text: line.trimEnd(), quoted: /^\s{0,3}>/.test(line) }));
  const upTo = originalBegins(all);
  const lines = withoutQuotes(all.slice(0, upTo));
  if (lines.length === all.length) return undefined;
  // A rule that stood above the original.
  while (/^[_\-*=\s]*$/.test(lines.at(-1) ?? 'x')) lines.pop();
  const kept = lines
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
  return /[\p{L}\p{N}\p{S}\p{Emoji}]/u.test(kept) ? kept : undefined;
}

/** Index of the line from which there is only the original, unmarked by `>`; the number of lines when there is none. */
function originalBegins(lines: readonly Line[]): number {
  const lastQuoted = lines.findLastIndex((line) => line.quoted);
  let isAnswered = false;
  for (const [at, { text, quoted }] of lines.entries()) {
    if (quoted || text.length > LONGEST_MARK) continue;
    if (ORIGINAL_DELIMITER.test(text)) return at;
    if (FROM.test(text) && isHeaderBlock(lines, at)) return at;
    // Some phones introduce the original and do not mark it. Above it there must be an answer.
    if (isAnswered && lastQuoted < at && attributionLength(lines, at) > 0) return at;
    isAnswered ||= text.trim() !== '';
  }
  return lines.length;
}

/** A From line and two other header lines close below it; one alone may be a customer's own words. */
function isHeaderBlock(lines: readonly Line[], at: number): boolean {
  const next = lines.slice(at + 1, at + 9).filter((line) => OTHER_HEADER.test(line.text));
  return next.length >= 2;
}

/** How many lines from `at` are one sentence such as “On <date> <name> wrote:”; 0 when none. */
function attributionLength(lines: readonly Line[], at: number): number {
  if (!ATTRIBUTION_BEGINS.test(lines[at]?.text.trim() ?? '')) return 0;
  let sentence = '';
  for (let length = 1; length <= 3; length++) {
    const line = lines[at + length - 1];
    if (line === undefined || line.quoted || line.text.trim() === '') return 0;
    sentence = `${sentence} ${line.text.trim()}`.trim();
    if (sentence.length > LONGEST_MARK) return 0;
    if (WROTE.test(sentence) && /\d/.test(sentence)) return length;
  }
  return 0;
}

/** Lines that are not quoted, without the sentences that introduce a quote. */
function withoutQuotes(lines: readonly Line[]): string[] {
  const kept: string[] = [];
  for (const [at, line] of lines.entries()) {
    if (!line.quoted) {
      kept.push(line.text);
      continue;
    }
    if (!lines[at - 1]?.quoted) dropIntroduction(kept);
  }
  return kept;
}

/** Removes the sentence at the end of `kept` when it introduces a quote; it may be broken over three lines. */
function dropIntroduction(kept: string[]): void {
  // At most two blank lines stand between it and the quote.
  let last = kept.length - 1;
  while (last >= kept.length - 2 && kept[last]?.trim() === '') last--;
  const candidates: { readonly length: number; readonly sentence: string }[] = [];
  for (let length = 1; length <= 3; length++) {
    const lines = kept.slice(Math.max(0, last - length + 1), last + 1).map((line) => line.trim());
    const sentence = lines.join(' ');
    if (lines.length < length || lines.includes('') || sentence.length > LONGEST_MARK) break;
    candidates.push({ length, sentence });
  }
  const introduction =
    candidates.find(({ sentence }) => introduces(sentence) && ATTRIBUTION_BEGINS.test(sentence)) ??
    candidates.find(({ sentence }) => introduces(sentence) && ADDRESS_OR_TIME.test(sentence));
  if (introduction) kept.splice(last - introduction.length + 1);
}

function introduces(sentence: string): boolean {
  return WROTE.test(sentence) || (/[:：]$/.test(sentence) && ADDRESS_OR_TIME.test(sentence));
}
