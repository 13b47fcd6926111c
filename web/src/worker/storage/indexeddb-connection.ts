/**
 * The IndexedDB database `millrace:<name>` of a store: opening it, and finding out whether it is there.
 *
 *   blocks   key: see `blockKey`; value: 4096 bytes of a file (Uint8Array)
 *   state    key 0: see `StoredState`. Absent until the first commit
 */
import { MillraceError } from '../../errors.js';
import { explain, isNamed, missing } from './storage-errors.js';

/** A later version that stores otherwise counts up, so that this one refuses what it cannot read. */
const VERSION = 1;
const INDEXEDDB = 'IndexedDB';

/** Above the number of blocks of any file. */
const FILE_SPAN = 2 ** 32;

export interface StoredState {
  /** Transactions so far: who finds another number than its own is not the only writer. */
  commits: number;
  /** Drawn at each opening. */
  writer: string;
  /** Bytes of the three files, in the order of `files` everywhere. */
  sizes: number[];
}

/** Keys of one file's blocks follow each other. */
export function blockKey(file: number, index: number): number {
  return file * FILE_SPAN + index;
}

export function fromBlockKey(key: number): { file: number; index: number } {
  return { file: Math.floor(key / FILE_SPAN), index: key % FILE_SPAN };
}

/** All blocks of a file from `index` on. */
export function blocksFrom(file: number, index: number): IDBKeyRange {
  return IDBKeyRange.bound(blockKey(file, index), blockKey(file + 1, 0), false, true);
}

export function asPromise<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new DOMException('The request failed', 'UnknownError'));
  });
}

/**
 * Creates it where there is none. Rejects with 'storage-unavailable', 'quota-exceeded', 'newer-schema', or once with
 * 'corrupt' where the browser has thrown it away.
 */
export async function connect(name: string): Promise<IDBDatabase> {
  try {
    return await open(name, VERSION, ({ result }) => {
      result.createObjectStore('blocks');
      result.createObjectStore('state');
    });
  } catch (error) {
    if (!isNamed(error, 'VersionError')) throw explain(INDEXEDDB, error);
    throw new MillraceError('newer-schema', `The store "${name}" was written by a newer version of Millrace: load the page anew, or update`, { cause: error });
  }
}

/**
 * Whether a store of that name is kept here. Where that cannot be found out: false. Creates nothing. Rejects once with
 * 'corrupt' where the browser has thrown it away.
 */
export async function indexedDbHas(name: string): Promise<boolean> {
  try {
    const database = await open(name, undefined, takeBack);
    try {
      return await asPromise(database.transaction('state').objectStore('state').count()) > 0;
    } finally {
      database.close();
    }
  } catch (error) {
    if (error instanceof MillraceError && error.code === 'corrupt') throw error;
    return false;
  }
}

/** `create`: only for a database that is not there. */
async function open(name: string, version: number | undefined, create: (request: IDBOpenDBRequest) => void): Promise<IDBDatabase> {
  const request = factory().open(databaseName(name), version);
  let lost: MillraceError | undefined;
  request.onupgradeneeded = (event) => {
    lost = lostByBrowser(name, event);
    if (lost) takeBack(request);
    else create(request);
  };
  try {
    return await asPromise(request);
  } catch (error) {
    throw lost ?? error;
  }
}

/** Undoes the creation of a database; the request fails. */
function takeBack({ transaction }: IDBOpenDBRequest): void {
  transaction?.abort();
}

/**
 * Chromium deletes all databases of an origin when it finds their files damaged, which a kill of the browser can do, and
 * opens an empty one. It says so to whoever opens first, and never again.
 */
function lostByBrowser(name: string, event: IDBVersionChangeEvent): MillraceError | undefined {
  const { dataLoss, dataLossMessage } = event as { dataLoss?: string; dataLossMessage?: string };
  if (dataLoss === undefined || dataLoss === 'none') return undefined;
  return new MillraceError('corrupt',
    `The browser found its database damaged and deleted all that this origin kept there, the store "${name}" with it ` +
    `(${dataLossMessage ?? dataLoss}). ` +
    'Open the store again to start anew.');
}

/** Nothing to delete is no error. */
export async function deleteIndexedDb(name: string): Promise<void> {
  try {
    await asPromise(factory().deleteDatabase(databaseName(name)));
    await asPromise(factory().deleteDatabase(blobDatabaseName(name)));
  } catch (error) {
    throw explain(INDEXEDDB, error);
  }
}

function factory(): IDBFactory {
  // Typed as always there.
  const { indexedDB } = globalThis as Partial<typeof globalThis>;
  if (!indexedDB) throw missing('indexedDB');
  return indexedDB;
}

/** The database of a store's blobs: see worker/blobs/indexeddb-blobs.ts. */
export function blobDatabaseName(name: string): string {
  return `millrace-blobs:${name}`;
}

function databaseName(name: string): string {
  return `millrace:${name}`;
}
