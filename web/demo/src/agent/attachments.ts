import type { FilePart, Message, Part, Store } from 'millrace';
import { isImage, isText } from './media-types.js';

/** A piece of what a user says, in OpenAI's chat protocol. */
export type ChatContent =
  | { type: 'text'; text: string }
  | { type: 'image_url'; image_url: { url: string } }
  | { type: 'file'; file: { filename: string; file_data: string } };

export const filesOf = ({ parts }: Pick<Message, 'parts'>): FilePart[] => parts.filter((part) => part.type === 'file');

export const fileName = ({ name }: FilePart): string => name ?? 'A file without a name';

/** The files of these messages as a model takes them, by their parts. They are read from the store for each request anew. */
export async function readAttachments(store: Store, messages: readonly Message[]): Promise<Map<Part, ChatContent>> {
  const files = messages.filter(({ role }) => role === 'user').flatMap(filesOf);
  return new Map(await Promise.all(files.map(async (part) => [part, await contentOf(store, part)] as const)));
}

/** The files of these messages whole, as the URLs that `toProviderMessages` takes, by their blobs. */
export async function readUrls(store: Store, messages: readonly Message[]): Promise<Map<string, string>> {
  const files = messages.filter(({ role }) => role === 'user').flatMap(filesOf);
  const urls = await Promise.all(files.map(async ({ blob: id, mediaType }): Promise<[string, string][]> => {
    const blob = id === undefined ? undefined : await store.blobs.get(id);
    return id === undefined || blob === undefined ? [] : [[id, await dataUrl(blob.slice(0, blob.size, mediaType))]];
  }));
  return new Map(urls.flat());
}

async function contentOf(store: Store, part: FilePart): Promise<ChatContent> {
  const name = fileName(part);
  const blob = part.blob === undefined ? undefined : await store.blobs.get(part.blob);
  // The model is told, so that it does not guess.
  if (blob === undefined) return { type: 'text', text: `The file “${name}” was sent here, and is no longer there.` };
  if (isText(part.mediaType)) return { type: 'text', text: `The file “${name}”:\n\n${await blob.text()}` };
  const data = await dataUrl(blob.slice(0, blob.size, part.mediaType));
  return isImage(part.mediaType) ? { type: 'image_url', image_url: { url: data } } : { type: 'file', file: { filename: name, file_data: data } };
}

function dataUrl(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error ?? new Error('The file could not be read.'));
    reader.readAsDataURL(blob);
  });
}
