/** Pictures and other files of messages, as providers take them: by an address, or by their content in base64. */
import type { BinaryPart, FilePart, ImageUrlPart } from '../types.js';

/** `content` is base64. One of `address` and `content` is there. */
export interface Media {
  readonly mediaType: string;
  readonly name?: string;
  readonly address?: string;
  readonly content?: string;
  readonly detail?: string;
}

/** Gives the URL of a file: one of http or https, or a data: URL with its content. */
export type UrlOfFile = (file: FilePart) => string | undefined;

/** What a provider can be sent. A note, in square brackets, if it cannot be reached from there. */
export function mediaOf(part: FilePart | BinaryPart | ImageUrlPart, urlOf: UrlOfFile): Media | string {
  switch (part.type) {
    case 'binary':
      return { ...named(part.path), mediaType: part.mimeType, content: base64Of(part.data) };
    case 'image_url': {
      const found = atUrl(part.url, 'image/*');
      return found ? { ...found, ...(part.detail && { detail: part.detail }) } : noteOf({ mediaType: 'image/*' });
    }
    case 'file': {
      const about = { ...named(part.name), mediaType: part.mediaType };
      const found = atUrl(urlOf(part) ?? part.url ?? '', part.mediaType);
      return found ? { ...about, ...found } : noteOf(about);
    }
  }
}

/** What stands in the place of a file that the provider does not take. */
export function noteOf({ name, mediaType }: Pick<Media, 'name' | 'mediaType'>): string {
  return `[file ${name ? `${name} ` : ''}(${mediaType}) is not included]`;
}

export function urlOf({ address, content, mediaType }: Media): string {
  return address ?? `data:${mediaType};base64,${content ?? ''}`;
}

/** The words of a text file whose content is there. */
export function wordsOf({ content, mediaType }: Media): string | undefined {
  if (content === undefined || !/^text\/|^application\/(.*[+.-])?(json|xml|yaml|javascript)$/.test(mediaType)) return undefined;
  try {
    // A document of Jest has no TextDecoder.
    return decodeURIComponent(atob(content).replace(/[^]/g, (byte) => `%${byte.charCodeAt(0).toString(16).padStart(2, '0')}`));
  } catch {
    return undefined;
  }
}

/** A text file as text, for providers that take no such files. */
export function quoteOf(media: Media): string | undefined {
  const words = wordsOf(media);
  return words === undefined ? undefined : `[file ${media.name ? `${media.name} ` : ''}(${media.mediaType})]\n${words}`;
}

function named(path: string | undefined): { name?: string } {
  const name = path?.replace(/^.*[/\\]/, '');
  return name ? { name } : {};
}

/** Addresses of the page alone, as blob: URLs are, mean nothing to a provider. */
function atUrl(url: string, mediaType: string): Media | undefined {
  if (/^https?:/i.test(url)) return isUrl(url) ? { mediaType, address: url } : undefined;
  const [, head = '', body] = /^data:([^,]*),([^]*)$/i.exec(url) ?? [];
  if (body === undefined) return undefined;
  const own = /^[^;]*/.exec(head)?.[0].trim().toLowerCase() || 'text/plain';
  const content = /;\s*base64\s*$/i.test(head) ? body : base64OfText(body);
  // What the message says of its file is better than a type that says nothing.
  const vague = mediaType === '' || mediaType.endsWith('/*') || mediaType === 'application/octet-stream';
  return content === undefined ? undefined : { mediaType: vague ? own : mediaType, content };
}

function isUrl(text: string): boolean {
  try {
    return new URL(text).hostname !== '';
  } catch {
    return false;
  }
}

function base64OfText(body: string): string | undefined {
  try {
    const ascii = body.replace(/[^\0-\x7f]+/g, encodeURIComponent);
    return btoa(ascii.replace(/%([0-9a-f]{2})/gi, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16))));
  } catch {
    return undefined;
  }
}

/** A call has room for so many arguments in every engine. */
const BYTES_AT_ONCE = 0x8000;

function base64Of(bytes: Uint8Array): string {
  let binary = '';
  for (let at = 0; at < bytes.length; at += BYTES_AT_ONCE) {
    binary += String.fromCharCode(...bytes.subarray(at, at + BYTES_AT_ONCE));
  }
  return btoa(binary);
}
