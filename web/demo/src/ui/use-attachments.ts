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
  readonly clear: () => void;
}

/** Files are saved as soon as they are chosen: what is wrong with one is said while it can still be chosen again. */
export function useAttachments(store: Store): Attachments {
  const [all, setAll] = useState<readonly Attachment[]>([]);
  const saving = useRef(new Map<string, AbortController>());
  const drop = (key: string): void => setAll((before) => before.filter((attachment) => attachment.key !== key));

  async function save(key: string, file: File, signal: AbortSignal): Promise<void> {
    try {
      const mediaType = mediaTypeOf(file);
      const { id, size } = await store.blobs.put(file, { mediaType, signal });
      const part: FilePart = { type: 'file', mediaType, name: file.name, size, blob: id };
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
    clear: () => setAll([]),
  };
}
