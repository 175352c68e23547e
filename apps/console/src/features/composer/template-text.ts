import type { MessageTemplate } from '@tributary/contracts';

/** A template as it stands in the composer. */
export interface TemplateDraft {
  readonly template: MessageTemplate;
  readonly variables: Readonly<Record<string, string>>;
}

/** What the customer will read; a variable without a value shows as its name. The server fills it anew. */
export function templatePreview({ template, variables }: TemplateDraft): string {
  return template.text.replaceAll(
    /\{\{([^{}]+)\}\}/g,
    (whole, name: string) => variables[name]?.replaceAll(/\s+/g, ' ').trim() || whole,
  );
}

export function isFilled({ template, variables }: TemplateDraft): boolean {
  return template.variables.every(({ name }) => (variables[name] ?? '').trim() !== '');
}
