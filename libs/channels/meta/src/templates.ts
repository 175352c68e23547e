import type { ListTemplates, OutboundDelivery } from '@tributary/channel-sdk';
import { openGraph } from './graph.js';
import { type Json, list, object, text } from './json.js';
import { metaSettings } from './settings.js';

type MessageTemplate = Awaited<ReturnType<ListTemplates>>[number];
type Template = NonNullable<OutboundDelivery['template']>;

/** Variables of the heading are told from those of the body, which may have the same names. */
const HEADER = 'header.';
const FIELDS = 'id,name,language,status,components';
const MOST_PAGES = 10;

/**
 * Templates of the business account that WhatsApp has approved. Those whose heading is a file, or whose buttons have
 * variables, need more than text and are left out.
 * https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/overview, read 2026-11-24.
 */
export const listTemplates: ListTemplates = async (inbox, ports, signal) => {
  const settings = metaSettings(inbox);
  if (settings.businessAccountId === '') return [];
  const graph = openGraph(settings, ports, signal);
  const found: MessageTemplate[] = [];
  let after: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const query = { fields: FIELDS, limit: '100', ...(after === undefined ? {} : { after }) };
    const answer = await graph.get(`${settings.businessAccountId}/message_templates`, query);
    found.push(...list(answer.data).flatMap((each) => templateOf(object(each))));
    const paging = object(answer.paging);
    after = text(object(paging.cursors).after);
    if (paging.next === undefined || after === undefined) break;
  }
  return found;
};

function templateOf(template: Json): readonly MessageTemplate[] {
  const [id, name, language] = [text(template.id), text(template.name), text(template.language)];
  const isWhole = id !== undefined && name !== undefined && language !== undefined;
  if (template.status !== 'APPROVED' || !isWhole) return [];
  const components = list(template.components).map(object);
  if (!components.every(isTextAlone)) return [];
  const [header, body, footer] = ['HEADER', 'BODY', 'FOOTER'].map((type) =>
    components.find((each) => each.type === type),
  );
  const heading = text(header?.text)?.replaceAll(VARIABLE, `{{${HEADER}$1}}`);
  const shown = [heading, text(body?.text), text(footer?.text)].filter((part) => part !== undefined);
  return [
    {
      ...{ id, name, language, text: shown.join('\n\n') },
      variables: [...variablesOf(header, HEADER), ...variablesOf(body, '')],
    },
  ];
}

const VARIABLE = /\{\{([^{}]+)\}\}/g;

function isTextAlone({ type, format, buttons }: Json): boolean {
  if (type === 'HEADER') return format === 'TEXT';
  if (type === 'BODY' || type === 'FOOTER') return true;
  return type === 'BUTTONS' && !JSON.stringify(buttons).includes('{{');
}

function variablesOf(component: Json | undefined, prefix: string): MessageTemplate['variables'] {
  const words = text(component?.text) ?? '';
  const example = object(component?.example);
  const named = list(example[prefix === HEADER ? 'header_text_named_params' : 'body_text_named_params']).map(
    object,
  );
  // One row of examples for a body, all of them in one list for a heading.
  const inOrder = prefix === HEADER ? list(example.header_text) : list(list(example.body_text)[0]);
  const names = [...new Set([...words.matchAll(VARIABLE)].map(([, name]) => name!))];
  return names.map((name, at) => ({
    name: `${prefix}${name}`,
    example: text(named.find((each) => each.param_name === name)?.example) ?? text(inOrder[at]) ?? null,
  }));
}

/** As a message of type `template` says it: positional values in the order of their numbers, others by name. */
export function templateContent({ name, language, variables }: Template): Json {
  const entries = Object.entries(variables);
  const components = [
    { type: 'header', parameters: parametersOf(entries.filter(([key]) => key.startsWith(HEADER))) },
    { type: 'body', parameters: parametersOf(entries.filter(([key]) => !key.startsWith(HEADER))) },
  ].filter(({ parameters }) => parameters.length > 0);
  return { name, language: { code: language }, ...(components.length === 0 ? {} : { components }) };
}

function parametersOf(entries: readonly (readonly [string, string])[]): readonly Json[] {
  const bare = entries.map(([key, value]) => [key.replace(HEADER, ''), value] as const);
  return bare
    .toSorted(([a], [b]) => Number(a) - Number(b) || 0)
    .map(([name, value]) => ({
      type: 'text',
      ...(/^\d+$/.test(name) ? {} : { parameter_name: name }),
      text: value,
    }));
}
