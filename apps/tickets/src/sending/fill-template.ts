import type { MessageTemplate, TemplateUse } from '@tributary/contracts';
import { storedTemplates } from '@tributary/directory';
import type { EntityManager } from 'typeorm';
import { templateIncomplete, templateUnknown } from '../tickets/ticket.errors.js';

/** A template as an agent fills it. */
export interface TemplateChoice {
  readonly id: string;
  readonly variables: Readonly<Record<string, string>>;
}

/** A filled template: what the provider is told, and what the customer will read. */
export interface FilledTemplate {
  readonly use: TemplateUse;
  readonly text: string;
}

/**
 * Fills a template of the inbox, as its provider last told it.
 *
 * @throws ProblemError TEMPLATE_UNKNOWN, TEMPLATE_INCOMPLETE.
 */
export async function fillTemplate(
  manager: EntityManager,
  inboxId: string,
  { id, variables }: TemplateChoice,
): Promise<FilledTemplate> {
  const template = (await storedTemplates(manager, inboxId)).find((each) => each.id === id);
  if (template === undefined) throw templateUnknown();
  const values = valuesOf(template, variables);
  const use = { id, name: template.name, language: template.language, variables: values };
  return { use, text: filled(template.text, values) };
}

/** Providers refuse a variable without text, or with line ends. What is given too much goes nowhere. */
function valuesOf(
  { variables }: MessageTemplate,
  given: TemplateChoice['variables'],
): Record<string, string> {
  return Object.fromEntries(
    variables.map(({ name }) => {
      const value = (Object.hasOwn(given, name) ? given[name]! : '').replaceAll(/\s+/g, ' ').trim();
      if (value === '') throw templateIncomplete(name);
      return [name, value];
    }),
  );
}

function filled(text: string, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\{\{([^{}]+)\}\}/g, (whole, name: string) => values[name] ?? whole);
}
