/**
 * A store's files as blocks in IndexedDB. The core has them in memory; each of its commits comes here as the blocks it
 * changed and becomes one transaction: all of it is saved, or nothing.
 *
 *   commit ──▶ transaction ── complete ─────────────────────────────▶ done(null)
 *                 │ no room, or somebody else's store ──────────────▶ done(error)
 *                 └ anything else: a new connection, once more ─────▶ done(null or error)
 *
 * Browsers close connections under a page (storage cleared, the process of the database restarted). Saving the same
 * blocks twice is the same as once, so a commit whose first try may or may not have arrived is repeated.
 *
 * Invariant: `#commits` is the number of transactions that are known to be saved, and each transaction is only carried
 * through if the database agrees: another writer, or a database that was deleted and made anew, is never written into.
 */
import type { BlockChange, CoreCommit, CoreError, CoreFiles, SavedFile } from '../../core-module.js';
import { MillraceError } from '../../errors.js';
import { asPromise, blockKey, blocksFrom, connect, fromBlockKey, type StoredState } from './indexeddb-connection.js';
import { explain, isNamed } from './storage-errors.js';

const BLOCK_BYTES = 4096;
/** Read at once: 4 MB. */
const BLOCKS_PER_READ = 1024;
const FILES = 3;

export interface IndexedDbFiles {
  readonly files: CoreFiles;
  /** Resolves after what is being saved. */
  close(): Promise<void>;
}

/** REQUIRES: the store's lock is held. Rejects with 'storage-unavailable', 'quota-exceeded', 'newer-schema', 'corrupt' or 'io'. */
export async function openIndexedDb(name: string): Promise<IndexedDbFiles> {
  const database = new BlockDatabase(name);
  const [first, second, third] = await database.load();
  return {
    files: {
      database: loadedFile(first), wal: loadedFile(second), journal: loadedFile(third),
      commit: (change, pending) => database.commit(change, pending),
    },
    close: () => database.close(),
  };
}

/** What was read, to be read once more by the core. */
function loadedFile(bytes: Uint8Array): SavedFile {
  return {
    read(buffer, { at }) {
      const piece = bytes.subarray(at, at + buffer.length);
      buffer.set(piece);
      return piece.length;
    },
    getSize: () => bytes.length,
  };
}

class BlockDatabase {
  readonly #name: string;
  readonly #writer = crypto.randomUUID();
  #connection: IDBDatabase | undefined;
  #commits = 0;
  #sizes: number[] = new Array<number>(FILES).fill(0);
  /** Resolves when all that was handed over so far is saved, or failed. */
  #last: Promise<void> = Promise.resolve();

  constructor(name: string) { this.#name = name; }

  async load(): Promise<[Uint8Array, Uint8Array, Uint8Array]> {
    const connection = await this.#connect();
    try {
      const state = await asPromise<StoredState | undefined>(connection.transaction('state').objectStore('state').get(0));
      this.#commits = state?.commits ?? 0;
      this.#sizes = state?.sizes ?? this.#sizes;
      const files = this.#sizes.map((size) => new Uint8Array(size));
      await readBlocks(connection, files);
      return files as [Uint8Array, Uint8Array, Uint8Array];
    } catch (error) {
      connection.close();
      throw explain('IndexedDB', error);
    }
  }

  commit(change: BlockChange, pending: CoreCommit): void {
    this.#last = this.#last.then(() => this.#save(change)).then(() => null, toCoreError).then((error) => {
      pending.done(error);
      pending.delete();
    });
  }

  async close(): Promise<void> {
    await this.#last;
    this.#connection?.close();
  }

  async #save(change: BlockChange): Promise<void> {
    try {
      await this.#transact(await this.#connect(), change, false);
    } catch (error) {
      if (error instanceof MillraceError || isNamed(error, 'QuotaExceededError')) throw error;
      this.#connection?.close();
      this.#connection = undefined;
      await this.#transact(await this.#connect(), change, true);
    }
    this.#commits += 1;
    this.#sizes = change.files.map(({ size }) => size);
  }

  /** The connection, or a new one when the browser closed it or asked for it. */
  async #connect(): Promise<IDBDatabase> {
    if (this.#connection) return this.#connection;
    const connection = await connect(this.#name);
    const drop = (): void => {
      if (this.#connection === connection) this.#connection = undefined;
    };
    connection.onclose = drop;
    // Somebody wants to delete it. They may: what follows finds another database and says so.
    connection.onversionchange = () => {
      drop();
      connection.close();
    };
    return (this.#connection = connection);
  }

  /** `repeated`: what is to be saved may be there already. */
  #transact(connection: IDBDatabase, { strict, files }: BlockChange, repeated: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const transaction = connection.transaction(['blocks', 'state'], 'readwrite', { durability: strict ? 'strict' : 'relaxed' });
      let foreign: MillraceError | undefined;
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(foreign ?? transaction.error ?? new DOMException('The transaction was aborted', 'AbortError'));
      const state = transaction.objectStore('state');
      const found: IDBRequest<StoredState | undefined> = state.get(0);
      found.onsuccess = () => {
        if (this.#agrees(found.result, repeated)) return;
        foreign = changedOutside(this.#name);
        transaction.abort();
      };
      const blocks = transaction.objectStore('blocks');
      files.forEach(({ size, blocks: changed }, file) => {
        const end = Math.ceil(size / BLOCK_BYTES);
        if (size < this.#sizes[file]!) blocks.delete(blocksFrom(file, end));
        for (const { index, bytes } of changed) blocks.put(bytes, blockKey(file, index));
      });
      const saved: StoredState = { commits: this.#commits + 1, writer: this.#writer, sizes: files.map(({ size }) => size) };
      state.put(saved, 0);
    });
  }

  #agrees(found: StoredState | undefined, repeated: boolean): boolean {
    const commits = found?.commits ?? 0;
    return commits === this.#commits || (repeated && commits === this.#commits + 1 && found?.writer === this.#writer);
  }
}

async function readBlocks(connection: IDBDatabase, files: readonly Uint8Array[]): Promise<void> {
  const store = connection.transaction('blocks').objectStore('blocks');
  for (let next = 0; ;) {
    const range = IDBKeyRange.lowerBound(next);
    const [keys, blocks] = await Promise.all([
      asPromise(store.getAllKeys(range, BLOCKS_PER_READ)), asPromise<Uint8Array[]>(store.getAll(range, BLOCKS_PER_READ)),
    ]);
    keys.forEach((key, i) => {
      const { file, index } = fromBlockKey(key as number);
      const at = index * BLOCK_BYTES;
      const bytes = files[file];
      // The last block may be longer than what is left of its file.
      if (bytes && at < bytes.length) bytes.set(blocks[i]!.subarray(0, bytes.length - at), at);
    });
    if (keys.length < BLOCKS_PER_READ) return;
    next = keys.at(-1) as number + 1;
  }
}

function toCoreError(error: unknown): CoreError {
  if (error instanceof MillraceError) return { code: error.code, message: error.message };
  if (isNamed(error, 'QuotaExceededError')) {
    return { code: 'quota-exceeded', message: 'the disk or the storage quota of this origin is full; delete data to go on' };
  }
  return { code: 'io', message: `IndexedDB could not save: ${String(error)}` };
}

function changedOutside(name: string): MillraceError {
  return new MillraceError('io',
    `The store "${name}" was deleted or changed in IndexedDB while it was open here: nothing more is saved. Open the store again.`);
}
