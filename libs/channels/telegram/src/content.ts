import {
  cut,
  integerAt,
  listAt,
  type MediaReference,
  numberAt,
  objectAt,
  type Payload,
  storable,
  textAt,
} from '@tributary/channel-sdk';
import { nameOf } from './chat.js';
import { fileOf, type FoundFile } from './files.js';

export interface Content {
  readonly text: string;
  readonly media: readonly MediaReference[];
}

/** What a person said, in words where it is no text and no file. A kind that we do not know is named. */
export function contentOf(message: Payload): Content {
  const file = fileOf(message);
  const written =
    withLinks(textAt(message, 'text'), listAt(message, 'entities')) ??
    withLinks(textAt(message, 'caption'), listAt(message, 'caption_entities'));
  const said = [
    forwardedFrom(objectAt(message, 'forward_origin')),
    written,
    file && noteOn(file, message),
    written === undefined && file === undefined ? described(message) : undefined,
  ];
  // A link may be said to end within a character.
  const text = storable(said.filter((line) => line !== undefined).join('\n'));
  return { text, media: file?.media ?? [] };
}

/** An address that is hidden behind words stands beside them. Offsets are UTF-16 units, as in our strings. */
function withLinks(text: string | undefined, entities: readonly Payload[]): string | undefined {
  if (text === undefined) return undefined;
  const links = entities.flatMap((entity) => {
    const url = textAt(entity, 'type') === 'text_link' ? textAt(entity, 'url') : undefined;
    const from = integerAt(entity, 'offset') ?? -1;
    const end = from + (integerAt(entity, 'length') ?? 0);
    const isInside = from >= 0 && end > from && end <= text.length;
    return url === undefined || !isInside || text.slice(from, end) === url ? [] : [{ end, url }];
  });
  return links
    .toSorted((a, b) => b.end - a.end)
    .reduce((whole, { end, url }) => `${whole.slice(0, end)} (${url})${whole.slice(end)}`, text);
}

function forwardedFrom(origin: Payload | undefined): string | undefined {
  if (origin === undefined) return undefined;
  const who =
    nameOf(objectAt(origin, 'sender_user')) ??
    textAt(origin, 'sender_user_name') ??
    nameOf(objectAt(origin, 'sender_chat')) ??
    nameOf(objectAt(origin, 'chat'));
  return who === undefined ? '(Forwarded)' : `(Forwarded from ${who})`;
}

function noteOn({ kind, name, tooLarge }: FoundFile, message: Payload): string | undefined {
  if (tooLarge !== undefined) {
    const size = `${Math.ceil(tooLarge / 1024 / 1024)} MB`;
    return `(The file ${name} has ${size}; Telegram gives bots up to 20 MB. Ask for it another way.)`;
  }
  if (kind !== 'sticker') return undefined;
  return ['Sticker', textAt(objectAt(message, 'sticker'), 'emoji')].filter(Boolean).join(' ');
}

const DESCRIPTIONS: Readonly<Record<string, (payload: Payload) => string>> = {
  venue: (venue) => {
    const named = [textAt(venue, 'title'), textAt(venue, 'address')].filter(Boolean).join(', ');
    return `Place: ${named}\n${placeOf(objectAt(venue, 'location'))}`;
  },
  location: (location) => `Location: ${placeOf(location)}`,
  contact: (contact) =>
    `Contact: ${[nameOf(contact), textAt(contact, 'phone_number')].filter(Boolean).join(', ')}`,
  poll: (poll) =>
    [
      `Poll: ${textAt(poll, 'question') ?? ''}`,
      ...listAt(poll, 'options').map((option) => `- ${textAt(option, 'text') ?? ''}`),
    ].join('\n'),
  dice: (dice) => `${textAt(dice, 'emoji') ?? 'Dice'} ${integerAt(dice, 'value') ?? ''}`.trim(),
};

/** A venue is a location too, so the order of the descriptions counts. */
function described(message: Payload): string {
  for (const [kind, describe] of Object.entries(DESCRIPTIONS)) {
    const payload = objectAt(message, kind);
    if (payload !== undefined) return describe(payload);
  }
  const unknown = Object.keys(message).find((key) => !FRAME.has(key));
  return unknown === undefined
    ? '(An empty Telegram message)'
    : `(A Telegram message of a kind that is not shown here: ${cut(storable(unknown), 50)})`;
}

function placeOf(location: Payload | undefined): string {
  const latitude = numberAt(location, 'latitude');
  const longitude = numberAt(location, 'longitude');
  if (latitude === undefined || longitude === undefined) return 'unknown';
  const at = `mlat=${latitude}&mlon=${longitude}#map=17/${latitude}/${longitude}`;
  return `${latitude}, ${longitude}\nhttps://www.openstreetmap.org/?${at}`;
}

/** What stands around the content of a message (Bot API, Message). */
const FRAME: ReadonlySet<string> = new Set([
  ...['message_id', 'message_thread_id', 'direct_messages_topic', 'from', 'sender_chat', 'sender_tag'],
  ...[
    'sender_boost_count',
    'sender_business_bot',
    'business_connection_id',
    'author_signature',
    'date',
    'chat',
  ],
  ...['forward_origin', 'is_topic_message', 'is_automatic_forward', 'reply_to_message', 'external_reply'],
  ...[
    'quote',
    'reply_to_story',
    'reply_to_checklist_task_id',
    'via_bot',
    'edit_date',
    'has_protected_content',
  ],
  ...['is_from_offline', 'is_paid_post', 'media_group_id', 'paid_star_count', 'link_preview_options'],
  ...['effect_id', 'show_caption_above_media', 'has_media_spoiler', 'reply_markup', 'entities'],
  ...['caption_entities'],
]);
