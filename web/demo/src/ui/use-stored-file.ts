import type { FilePart } from 'millrace';
import { useStore } from 'millrace/react';
import { useEffect, useState } from 'react';
import { reportError } from './notices.js';

/** The content of a file once it is wanted. Null: it is no longer in the store. */
export function useStoredFile({ blob: id, mediaType }: FilePart, wanted: boolean): Blob | null | undefined {
  const store = useStore();
  const [found, setFound] = useState<{ id: string; blob: Blob | null }>();
  useEffect(() => {
    if (!wanted || id === undefined) return;
    let current = true;
    store.blobs.get(id).then((blob) => {
      // The store keeps the type that the same content came with first.
      if (current) setFound({ id, blob: blob === undefined ? null : blob.slice(0, blob.size, mediaType) });
    }, reportError);
    return () => {
      current = false;
    };
  }, [store, id, mediaType, wanted]);
  if (id === undefined) return null;
  return found?.id === id ? found.blob : undefined;
}
