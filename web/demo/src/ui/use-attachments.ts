import type { FilePart, Store } from 'millrace';
import { useRef, useState } from 'react';
import { mediaTypeOf } from '../agent/media-types.js';
import { bytes } from './figures-table.js';
import { announce, reportError } from './notices.js';

/** All files of a conversation go with each request, in base64: beyond this, servers refuse it. */
const MOST_BYTES = 8_000_000;

/** A file that will go with the next message. */
export interface Attachment {
  readonly key: string;
  readonly file: File;
  /** Undefined: it is being saved. */
  readonly part: FilePart | undefined;
}

export interface Attachments {
  readonly all: readonly Attachment[];
  readonly add: (files: readonly File[]) => void;
  readonly remove: (key: string) => void;
  /** The parts of a message with all of them. Their blobs are there for an hour from then on, however long ago they were chosen. */
  readonly saveAgain: () => Promise<FilePart[]>;
  readonly forget: (sent: readonly Attachment[]) => void;
}

/** Files are saved as soon as they are chosen: what is wrong with one is said while it can still be chosen again. */
export function useAttachments(store: Store): Attachments {
  const [all, setAll] = useState<readonly Attachment[]>([]);
  const saving = useRef(new Map<string, AbortController>());
  const drop = (key: string): void => setAll((before) => before.filter((attachment) => attachment.key !== key));

  async function save(key: string, file: File, signal: AbortSignal): Promise<void> {
    try {
      const part = await put(store, file, signal);
      setAll((before) => before.map((attachment) => (attachment.key === key ? { ...attachment, part } : attachment)));
      announce(`${file.name} is attached.`);
    } catch (error) {
      if (signal.aborted) return;
      drop(key);
      reportError(error, `${file.name} could not be attached.`);
    } finally {
      saving.current.delete(key);
    }
  }

  return {
    all,
    add(files) {
      for (const file of files) {
        if (file.size > MOST_BYTES) {
          reportError(new Error(`It has ${bytes(file.size)}, and ${bytes(MOST_BYTES)} is the most.`), `${file.name} could not be attached.`);
          continue;
        }
        const key = crypto.randomUUID();
        const controller = new AbortController();
        saving.current.set(key, controller);
        setAll((before) => [...before, { key, file, part: undefined }]);
        void save(key, file, controller.signal);
      }
    },
    remove(key) {
      saving.current.get(key)?.abort();
      drop(key);
    },
    saveAgain: () => Promise.all(all.map((attachment) => putAgain(store, attachment))),
    forget: (sent) => setAll((before) => before.filter((attachment) => !sent.some(({ key }) => key === attachment.key))),
  };
}

async function put(store: Store, file: File, signal?: AbortSignal): Promise<FilePart> {
  const mediaType = mediaTypeOf(file);
  const { id, size } = await store.blobs.put(file, signal ? { mediaType, signal } : { mediaType });
  return { type: 'file', mediaType, name: file.name, size, blob: id };
}

/** What no message names goes after an hour. A file that has changed meanwhile cannot be read: what was saved of it goes, while it is there. */
function putAgain(store: Store, { file, part }: Attachment): Promise<FilePart> {
  return put(store, file).catch(async (error: unknown) => {
    if (part?.blob !== undefined && await store.blobs.info(part.blob) !== undefined) return part;
    throw new Error(`${file.name} can no longer be read: remove it, or choose it again.`, { cause: error });
  });
}
