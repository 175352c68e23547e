import { cut, type MediaReference, numberAt, objectAt, type Payload, textAt } from '@tributary/channel-sdk';

export interface Content {
  readonly text: string;
  readonly media: readonly MediaReference[];
}

type Reader = (message: Payload, id: string) => Content;

/** What a person said, in words where it is no text and no file. A kind that we do not know is named. */
export function contentOf(message: Payload, id: string): Content {
  const kind = textAt(message, 'type') ?? 'none';
  const read = READERS.get(kind);
  return read?.(message, id) ?? words(`(A LINE message of a kind that is not shown here: ${cut(kind, 50)})`);
}

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  // LINE's own emoji stand in the text by their names, as (hello).
  ['text', (message) => words(textAt(message, 'text') ?? '')],
  ['image', (message, id) => file(message, id, `image-${id}.jpg`, 'image/jpeg')],
  ['video', (message, id) => file(message, id, `video-${id}.mp4`, 'video/mp4')],
  ['audio', (message, id) => file(message, id, `audio-${id}.m4a`, 'audio/x-m4a')],
  [
    'file',
    (message, id) =>
      file(message, id, textAt(message, 'fileName') ?? `file-${id}`, 'application/octet-stream'),
  ],
  ['location', (message) => words(placeOf(message))],
  ['sticker', (message) => words(stickerOf(message))],
]);

function words(text: string): Content {
  return { text, media: [] };
}

/** Content that an application sent for its user stays at an address of its own. */
function file(message: Payload, id: string, name: string, contentType: string): Content {
  const provider = objectAt(message, 'contentProvider');
  const elsewhere =
    textAt(provider, 'type') === 'external' ? textAt(provider, 'originalContentUrl') : undefined;
  return { text: '', media: [{ id: elsewhere ?? id, name, contentType, disposition: 'attachment' }] };
}

function placeOf(location: Payload): string {
  const latitude = numberAt(location, 'latitude');
  const longitude = numberAt(location, 'longitude');
  const named = [textAt(location, 'title'), textAt(location, 'address')].filter(Boolean).join(', ');
  const at = `mlat=${latitude}&mlon=${longitude}#map=17/${latitude}/${longitude}`;
  return [
    `Location: ${named}`.trim(),
    ...(latitude === undefined || longitude === undefined
      ? []
      : [`${latitude}, ${longitude}`, `https://www.openstreetmap.org/?${at}`]),
  ].join('\n');
}

/**
 * A message sticker has words of its sender, most others have keywords. LINE picks up to 15 keywords anew for every
 * event, and a redelivered one is the same event, so they are shown as they came.
 */
function stickerOf(sticker: Payload): string {
  const keywords = Array.isArray(sticker['keywords']) ? sticker['keywords'] : [];
  const meaning =
    textAt(sticker, 'text') ??
    keywords
      .filter((each) => typeof each === 'string')
      .slice(0, 5)
      .join(', ');
  return meaning === '' ? 'Sticker' : `Sticker: ${meaning}`;
}
