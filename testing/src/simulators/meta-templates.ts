/** A template of a WhatsApp business account, as the Graph API shows it. */
export interface MetaTemplate {
  readonly id: string;
  readonly name: string;
  readonly language: string;
  status: 'APPROVED' | 'PENDING' | 'REJECTED' | 'PAUSED';
  readonly components: readonly {
    readonly type: 'HEADER' | 'BODY' | 'FOOTER' | 'BUTTONS';
    readonly format?: string;
    readonly text?: string;
    readonly [key: string]: unknown;
  }[];
}

interface SentTemplate {
  readonly name?: string;
  readonly language?: { readonly code?: string };
  readonly components?: readonly {
    readonly type: string;
    readonly parameters: readonly { readonly text?: string; readonly parameter_name?: string }[];
  }[];
}

/** Error code by which the Cloud API refuses a message of type `template`; undefined when it is taken. */
export function templateFault(templates: readonly MetaTemplate[], sent: SentTemplate): number | undefined {
  const template = templates.find(
    ({ name, language }) => name === sent.name && language === sent.language?.code,
  );
  if (template === undefined || template.status === 'REJECTED' || template.status === 'PENDING')
    return 132001;
  if (template.status === 'PAUSED') return 132015;
  for (const type of ['header', 'body']) {
    const words = template.components.find((each) => each.type.toLowerCase() === type)?.text ?? '';
    const wanted = new Set([...words.matchAll(/\{\{([^{}]+)\}\}/g)].map(([, name]) => name!));
    const given = sent.components?.find((each) => each.type === type)?.parameters ?? [];
    if (given.length !== wanted.size || given.some(({ text = '' }) => text === '')) return 132000;
    const isNamed = [...wanted].some((name) => !/^\d+$/.test(name));
    if (isNamed && given.some(({ parameter_name: name = '' }) => !wanted.has(name))) return 132000;
  }
  return undefined;
}
