import type { Opened } from '../../protocol.js';
import type { BlobFiles } from './blob-files.js';
import { IndexedDbBlobs } from './indexeddb-blobs.js';
import { MemoryBlobs } from './memory-blobs.js';
import { OpfsBlobs } from './opfs-blobs.js';

/** Beside the database of the store, wherever that is. */
export function blobFiles(store: string, storage: Opened['storage']): BlobFiles {
  if (storage === 'opfs') return new OpfsBlobs(store);
  return storage === 'indexeddb' ? new IndexedDbBlobs(store) : new MemoryBlobs();
}
