import { ChannelError, type ListTemplates } from '@tributary/channel-sdk';
import type { MessageTemplate } from '@tributary/contracts';
import { authorization, jsonOf } from './api.js';
import { twilioSettings } from './settings.js';
import { twilioError } from './twilio-errors.js';

const CONTENT = 'https://content.twilio.com';
const PAGE = 100;
const MOST_PAGES = 10;

type Json = Readonly<Record<string, unknown>>;

/**
 * Texts of the account's Content Template Builder that WhatsApp has approved. Those with a file, a card or a place need
 * more than text and are left out.
 * https://www.twilio.com/docs/content/content-api-resources, read 2026-11-24.
 */
export const listTemplates: ListTemplates = async (inbox, { http }, signal) => {
  const headers = { authorization: authorization(twilioSettings(inbox)), accept: 'application/json' };
  const found: MessageTemplate[] = [];
  let url: string | undefined = `${CONTENT}/v1/ContentAndApprovals?PageSize=${PAGE}`;
  for (let page = 0; url !== undefined && page < MOST_PAGES; page++) {
    const answer = await http.request({ method: 'GET', url, headers }, signal);
    if (answer.status !== 200) {
      const error = twilioError(answer.status, Number.NaN, undefined, answer.headers['retry-after']);
      throw error.code === 'unknown_outcome' ? new ChannelError('unavailable', error.message) : error;
    }
    const { contents, meta } = jsonOf(answer);
    found.push(...(Array.isArray(contents) ? contents : []).flatMap((each) => templateOf(object(each))));
    url = nextPage(object(meta));
  }
  return found;
};

/** Our credentials follow no other origin. */
function nextPage({ next_page_url: next }: Json): string | undefined {
  return typeof next === 'string' && next.startsWith(`${CONTENT}/`) ? next : undefined;
}

function templateOf(content: Json): readonly MessageTemplate[] {
  const { sid, friendly_name: name, language, types, variables, approval_requests: approval } = content;
  const { status } = object(approval);
  const texts = object(types);
  const body = Object.entries(texts)
    .filter(([type]) => WITH_TEXT_ALONE.has(type))
    .map(([, value]) => object(value)['body'])
    .find((value) => typeof value === 'string');
  const isWhole = typeof sid === 'string' && typeof name === 'string' && typeof language === 'string';
  if (status !== 'approved' || !isWhole || body === undefined) return [];
  const examples = object(variables);
  const names = [...new Set([...body.matchAll(/\{\{([^{}]+)\}\}/g)].map(([, each]) => each!))];
  return [
    {
      ...{ id: sid, name, language, text: body },
      variables: names.map((each) => {
        const example = examples[each];
        return { name: each, example: typeof example === 'string' && example !== '' ? example : null };
      }),
    },
  ];
}

/** What their body says is all of them that changes; buttons stand below it. */
const WITH_TEXT_ALONE: ReadonlySet<string> = new Set(['twilio/text', 'twilio/quick-reply']);

function object(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}
