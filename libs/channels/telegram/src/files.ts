import {
  integerAt,
  listAt,
  type MediaReference,
  objectAt,
  type Payload,
  textAt,
} from '@tributary/channel-sdk';

/** What Telegram hands to bots at most (Bot API, getFile); it takes up to 2 GB from people. */
export const LARGEST_FILE = 20 * 1024 * 1024;

type FileKind = 'animation' | 'photo' | 'video' | 'video_note' | 'voice' | 'audio' | 'document' | 'sticker';

/** Type and extension where the message names none; an animation is a document too, so it stands first. */
const PRESETS: Readonly<Record<FileKind, { readonly type: string; readonly extension: string }>> = {
  animation: { type: 'video/mp4', extension: '.mp4' },
  photo: { type: 'image/jpeg', extension: '.jpg' },
  video: { type: 'video/mp4', extension: '.mp4' },
  video_note: { type: 'video/mp4', extension: '.mp4' },
  voice: { type: 'audio/ogg', extension: '.ogg' },
  audio: { type: 'audio/mpeg', extension: '.mp3' },
  document: { type: 'application/octet-stream', extension: '' },
  sticker: { type: 'image/webp', extension: '.webp' },
};

export interface FoundFile {
  readonly kind: FileKind;
  readonly name: string;
  readonly media: readonly MediaReference[];
  /** Bytes of a file that bots are not given. */
  readonly tooLarge?: number;
}

/** A message has one file at most; those of an album come in messages of their own. */
export function fileOf(message: Payload): FoundFile | undefined {
  const kind = (Object.keys(PRESETS) as FileKind[]).find((each) => message[each] !== undefined);
  if (kind === undefined) return undefined;
  const file = kind === 'photo' ? largest(listAt(message, 'photo')) : objectAt(message, kind);
  const id = textAt(file, 'file_id');
  if (id === undefined) return undefined;
  const preset = kind === 'sticker' ? stickerPreset(file) : PRESETS[kind];
  const name =
    textAt(file, 'file_name') ??
    `${kind.replace('_', '-')}-${integerAt(message, 'message_id') ?? 0}${preset.extension}`;
  const size = integerAt(file, 'file_size') ?? 0;
  if (size > LARGEST_FILE) return { kind, name, media: [], tooLarge: size };
  const contentType = textAt(file, 'mime_type') ?? preset.type;
  return { kind, name, media: [{ id, name, contentType, disposition: 'attachment' }] };
}

function stickerPreset(sticker: Payload | undefined): (typeof PRESETS)[FileKind] {
  if (sticker?.['is_animated'] === true) return { type: 'application/x-tgsticker', extension: '.tgs' };
  if (sticker?.['is_video'] === true) return { type: 'video/webm', extension: '.webm' };
  return PRESETS.sticker;
}

/** A photo comes in several sizes. */
function largest(sizes: readonly Payload[]): Payload | undefined {
  const area = (size: Payload) => (integerAt(size, 'width') ?? 0) * (integerAt(size, 'height') ?? 0);
  return sizes.toSorted((a, b) => area(b) - area(a))[0];
}
