/**
 * Where a store is kept.
 *
 * 'auto': a store stays where it is. One that lies in OPFS is opened there, whatever that answers; else one that lies
 * in IndexedDB there. A new one is made in OPFS, or where access handles cannot be opened, in IndexedDB. In memory only
 * ever when asked for. So a store never turns up empty because another place became available.
 */
import type { CoreFiles } from '../../core-module.js';
import type { OpenRequest, Opened } from '../../protocol.js';
import { openIndexedDb } from './indexeddb.js';
import { deleteIndexedDb, indexedDbHas } from './indexeddb-connection.js';
import { deleteOpfs, openOpfs, opfsHas, opfsRoot } from './opfs.js';
import { isUnavailable } from './storage-errors.js';
import { lockStore, type HeldLock } from './store-lock.js';
import { toFileName } from './store-name.js';

export interface Backend {
  readonly storage: Opened['storage'];
  readonly files: CoreFiles | undefined;
  /** Closes the files, after what is being saved, and lets others have the store. */
  release(): Promise<void>;
}

interface Place {
  readonly storage: 'opfs' | 'indexeddb';
  readonly files: CoreFiles;
  close(): void | Promise<void>;
}

/** Rejects with 'in-use', 'storage-unavailable', 'quota-exceeded', 'newer-schema', 'corrupt', 'io' or 'invalid-argument'. */
/** `held`: the store's lock, which is the backend's from now on. */
export async function openBackend({ name, storage }: Pick<OpenRequest, 'name' | 'storage'>, held?: HeldLock): Promise<Backend> {
  if (storage === 'memory') return { storage, files: undefined, release: () => Promise.resolve(held?.release()) };
  toFileName(name);  // a name that could not be kept is refused before anything else
  const root = opfsRoot();
  // An error is told where the folder is needed.
  root.catch(() => undefined);
  const lock = held ?? await lockStore(name);
  try {
    const place = await openPlace(name, storage, lock.deadline, root);
    return {
      ...place,
      async release() {
        await place.close();
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Deletes the store wherever it is kept; nothing to delete is no error. Rejects with 'in-use', among others. */
export async function deleteBackend(name: string): Promise<void> {
  toFileName(name);
  const lock = await lockStore(name);
  try {
    const outcomes = await Promise.allSettled([deleteOpfs(name, lock.deadline), deleteIndexedDb(name)]);
    const failed = outcomes.filter((outcome) => outcome.status === 'rejected').map(({ reason }) => reason as unknown);
    // What is not available keeps nothing, unless there is no other.
    const serious = failed.find((error) => !isUnavailable(error)) ?? (failed.length === outcomes.length ? failed[0] : undefined);
    if (serious !== undefined) throw serious;
  } finally {
    lock.release();
  }
}

async function openPlace(
  name: string, storage: 'auto' | 'opfs' | 'indexeddb', deadline: number, root: Promise<FileSystemDirectoryHandle>,
): Promise<Place> {
  const opfs = async (): Promise<Place> => ({ storage: 'opfs', ...await openOpfs(name, deadline, root) });
  const indexedDb = async (): Promise<Place> => ({ storage: 'indexeddb', ...await openIndexedDb(name) });
  if (storage === 'opfs' || (storage === 'auto' && await opfsHas(name))) return opfs();
  if (storage === 'indexeddb' || await indexedDbHas(name)) return indexedDb();
  try {
    return await opfs();
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    return indexedDb();
  }
}
