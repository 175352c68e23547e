import { ALWAYS_OPEN, type ChannelManifest } from '@tributary/channel-sdk';

export const manifest: ChannelManifest = {
  channel: 'web_form',
  title: 'Web form',
  description: 'A page of your own where customers write and follow the answer; it can be embedded anywhere.',
  host: 'gateway',
  settings: [
    {
      name: 'title',
      label: 'Title',
      help: 'Stands above the form; left empty, a greeting in the reader’s language does.',
      type: 'text',
      required: false,
    },
    {
      name: 'introduction',
      label: 'Introduction',
      help: 'One or two sentences below the title; left empty, as above.',
      type: 'text',
      required: false,
    },
    {
      name: 'types',
      label: 'Kinds of request',
      help: 'What a customer may choose; it becomes the ticket’s type.',
      type: 'list',
      required: false,
      choices: ['question', 'problem', 'refund', 'repair'],
      default: ['question', 'problem', 'refund', 'repair'],
    },
    {
      name: 'regions',
      label: 'Regions',
      help: 'Country codes (cn) or words of your own; offered when you list any, and routing rules can read them.',
      type: 'list',
      required: false,
    },
  ],
  capabilities: { attachments: true, maxTextLength: 100_000, maxAttachmentBytes: 20_000_000 },
  sendPolicy: ALWAYS_OPEN,
  verification: 'real_protocol',
  answerWithinMs: null,
  identityKind: 'email',
  sources: [],
};
