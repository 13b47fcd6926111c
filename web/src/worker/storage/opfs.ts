/**
 * The files of a store in the origin private file system.
 *
 *   millrace/<name>.sqlite3           the database: an ordinary SQLite file,
 *   millrace/<name>.sqlite3-wal       which SQLite's own programs open
 *   millrace/<name>.sqlite3-journal   when these lie beside it
 *   millrace/<name>.blobs/            the content of its blobs: see worker/blobs/opfs-blobs.ts
 *
 * REQUIRES, of every function but `opfsHas`: the store's lock is held.
 */
import type { CoreFiles } from '../../core-module.js';
import { explain, inUse, isNamed, missing } from './storage-errors.js';
import { toFileName } from './store-name.js';

const FOLDER = 'millrace';
const OPFS = 'The origin private file system';

const FIRST_RETRY_MS = 10;
const LONGEST_RETRY_MS = 200;

/** The database first: a log without its database is dropped by SQLite, the other way round it is not. */
const SUFFIXES = ['.sqlite3', '.sqlite3-wal', '.sqlite3-journal'] as const;

export interface OpfsFiles {
  readonly files: CoreFiles;
  close(): void;
}

/**
 * Opens the files, new ones where there are none. A dying page's handles are waited for until `deadline`. Rejects
 * with 'in-use', 'storage-unavailable', 'quota-exceeded' or 'invalid-argument'.
 */
export async function openOpfs(name: string, deadline: number, root = opfsRoot()): Promise<OpfsFiles> {
  const fileName = toFileName(name);
  const open: FileSystemSyncAccessHandle[] = [];
  const close = (): void => open.forEach((handle) => handle.close());
  try {
    const folder = await opfsFolder(true, root);
    if (!('createSyncAccessHandle' in FileSystemFileHandle.prototype)) throw missing('createSyncAccessHandle');
    // Side by side; all are waited for, so that none is opened behind the back of a failure.
    const opening = await Promise.allSettled(SUFFIXES.map(async (suffix) => {
      const file = await folder.getFileHandle(fileName + suffix, { create: true });
      return retry(deadline, name, () => file.createSyncAccessHandle());
    }));
    for (const outcome of opening) if (outcome.status === 'fulfilled') open.push(outcome.value);
    for (const outcome of opening) if (outcome.status === 'rejected') throw outcome.reason;
    const [database, wal, journal] = open as [FileSystemSyncAccessHandle, FileSystemSyncAccessHandle, FileSystemSyncAccessHandle];
    if (typeof database.getSize() !== 'number') throw missing('access handles with synchronous calls');
    return { files: { database, wal, journal }, close };
  } catch (error) {
    close();
    throw explain(OPFS, error);
  }
}

/** Whether a store of that name is kept here. Where that cannot be found out: false. */
export async function opfsHas(name: string): Promise<boolean> {
  try {
    const folder = await opfsFolder(false);
    const sizes = SUFFIXES.map(async (suffix) => (await (await folder.getFileHandle(toFileName(name) + suffix)).getFile()).size);
    return (await Promise.all(sizes)).some((size) => size > 0);
  } catch {
    return false;
  }
}

/** Deletes the files; nothing to delete is no error. Rejects like `openOpfs`. */
export async function deleteOpfs(name: string, deadline: number): Promise<void> {
  const fileName = toFileName(name);
  try {
    const folder = await opfsFolder(false);
    for (const suffix of SUFFIXES) {
      await retry(deadline, name, () => folder.removeEntry(fileName + suffix)).catch(ignoreNotFound);
    }
    await retry(deadline, name, () => folder.removeEntry(`${fileName}.blobs`, { recursive: true })).catch(ignoreNotFound);
  } catch (error) {
    if (!isNamed(error, 'NotFoundError')) throw explain(OPFS, error);
  }
}

/** Asked for early, it is there when the lock is. */
export async function opfsRoot(): Promise<FileSystemDirectoryHandle> {
  // Typed as always there; older browsers and private windows disagree.
  const { storage } = navigator as Partial<WorkerNavigator>;
  if (!storage?.getDirectory) throw missing('navigator.storage.getDirectory');
  return storage.getDirectory();
}

/** The folder of all stores. Rejects with 'NotFoundError' where there is none, unless it may be made. */
export async function opfsFolder(create: boolean, root = opfsRoot()): Promise<FileSystemDirectoryHandle> {
  return (await root).getDirectoryHandle(FOLDER, { create });
}

/** Repeats `attempt` while another context holds the file. */
async function retry<T>(deadline: number, name: string, attempt: () => Promise<T>): Promise<T> {
  for (let pause = FIRST_RETRY_MS; ; pause = Math.min(2 * pause, LONGEST_RETRY_MS)) {
    try {
      return await attempt();
    } catch (error) {
      if (!isNamed(error, 'NoModificationAllowedError')) throw error;
      if (performance.now() + pause > deadline) throw inUse(name);
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

function ignoreNotFound(error: unknown): void {
  if (!isNamed(error, 'NotFoundError')) throw error;
}
