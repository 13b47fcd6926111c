/**
 * The files of a store in the origin private file system, and the lock that says whose they are.
 *
 *   millrace/<name>.sqlite3           the database: an ordinary SQLite file,
 *   millrace/<name>.sqlite3-wal       which SQLite's own programs open
 *   millrace/<name>.sqlite3-journal   when these lie beside it
 *
 * One Worker at a time holds the Web Lock `millrace:<name>`, and only the holder opens the files. A page that was
 * reloaded may find its predecessor still dying, so both are waited for, but not for long: a store that is open in
 * another tab is told from one that is not available, and never replaced by another one.
 */
import type { CoreFiles } from '../core-module.js';
import { MillraceError } from '../errors.js';
import { toFileName } from './store-name.js';

const FOLDER = 'millrace';

/** Far above what a dying page was measured to keep its lock and handles for (54 ms), and short enough to wait for an error. */
const WAIT_MS = 3000;
const FIRST_RETRY_MS = 10;
const LONGEST_RETRY_MS = 200;

/** The database first: a log without its database is dropped by SQLite, the other way round it is not. */
const SUFFIXES = ['.sqlite3', '.sqlite3-wal', '.sqlite3-journal'] as const;

export interface OpfsFiles {
  readonly files: CoreFiles;
  /** Closes the files and lets others have them. */
  release(): void;
}

/** Opens the files, new ones where there are none. Rejects with 'in-use', 'storage-unavailable', 'quota-exceeded' or 'invalid-argument'. */
export async function openFiles(name: string): Promise<OpfsFiles> {
  const fileName = toFileName(name);
  const deadline = performance.now() + WAIT_MS;
  const unlock = await lock(name, deadline);
  const open: FileSystemSyncAccessHandle[] = [];
  const release = (): void => {
    for (const handle of open) handle.close();
    unlock();
  };
  try {
    const folder = await openFolder(true);
    for (const suffix of SUFFIXES) {
      const file = await folder.getFileHandle(fileName + suffix, { create: true });
      open.push(await retry(deadline, name, () => file.createSyncAccessHandle()));
    }
    const [database, wal, journal] = open as [FileSystemSyncAccessHandle, FileSystemSyncAccessHandle, FileSystemSyncAccessHandle];
    if (typeof database.getSize() !== 'number') throw missing('access handles with synchronous calls');
    return { files: { database, wal, journal }, release };
  } catch (error) {
    release();
    throw explain(error);
  }
}

/** Deletes the files; nothing to delete is no error. Rejects like `openFiles`. */
export async function deleteFiles(name: string): Promise<void> {
  const fileName = toFileName(name);
  const deadline = performance.now() + WAIT_MS;
  const unlock = await lock(name, deadline);
  try {
    const folder = await openFolder(false);
    for (const suffix of SUFFIXES) {
      await retry(deadline, name, () => folder.removeEntry(fileName + suffix)).catch(ignoreNotFound);
    }
  } catch (error) {
    ignoreNotFound(error);
  } finally {
    unlock();
  }
}

async function openFolder(create: boolean): Promise<FileSystemDirectoryHandle> {
  try {
    const root = await navigator.storage.getDirectory();
    return await root.getDirectoryHandle(FOLDER, { create });
  } catch (error) {
    throw explain(error);
  }
}

/** Takes the store's lock. The answer gives it back. */
function lock(name: string, deadline: number): Promise<() => void> {
  requireOpfs();
  const waiting = new AbortController();
  const timer = setTimeout(() => waiting.abort(), deadline - performance.now());
  return new Promise((resolve, reject) => {
    const held = (): Promise<void> => new Promise((unlock) => {
      clearTimeout(timer);
      resolve(unlock);
    });
    navigator.locks.request(`millrace:${name}`, { signal: waiting.signal }, held).catch((error: unknown) => {
      clearTimeout(timer);
      reject(waiting.signal.aborted ? inUse(name) : explain(error));
    });
  });
}

function requireOpfs(): void {
  if (!isSecureContext) throw missing('a secure context (https, or localhost)');
  // Typed as always there; older browsers and private windows disagree.
  const { locks, storage } = navigator as Partial<WorkerNavigator>;
  if (!locks) throw missing('navigator.locks');
  if (!storage?.getDirectory) throw missing('navigator.storage.getDirectory');
  if (!('createSyncAccessHandle' in FileSystemFileHandle.prototype)) throw missing('createSyncAccessHandle');
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

function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}

function ignoreNotFound(error: unknown): void {
  if (!isNamed(error, 'NotFoundError')) throw explain(error);
}

function inUse(name: string): MillraceError {
  return new MillraceError('in-use',
    `The store "${name}" is open in another tab or window. Close it there, then try again; nothing is lost.`);
}

function missing(what: string): MillraceError {
  return new MillraceError('storage-unavailable',
    `This browser, or this kind of window, does not offer ${what}, which storage 'opfs' needs. ` +
    "Private windows often do not. Use storage 'memory' to go on without saving.");
}

function explain(error: unknown): unknown {
  if (error instanceof MillraceError || isNamed(error, 'NotFoundError')) return error;
  if (isNamed(error, 'QuotaExceededError')) {
    return new MillraceError('quota-exceeded', 'The storage quota of this origin is full: there is no room to open the store', { cause: error });
  }
  return new MillraceError('storage-unavailable',
    `The origin private file system could not be used: ${String(error)}. Private windows often have none.`, { cause: error });
}
