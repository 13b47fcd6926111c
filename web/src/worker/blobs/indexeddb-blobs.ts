/**
 * Blobs in IndexedDB, in a database of their own: `millrace-blobs:<name>`. A tab that does not lead writes here too.
 *
 *   blobs   key: the SHA-256; value: `Kept`. A transaction is saved whole or not at all, so nothing is ever half there.
 */
import { isBlob } from '../../realms.js';
import { ExportFile } from '../core/export-file.js';
import { isNamed } from '../storage/storage-errors.js';
import { asPromise, blobDatabaseName } from '../storage/indexeddb-connection.js';
import { MOST_NAMES, type BlobFiles, type BlobSink } from './blob-files.js';
import { PiecesSink } from './pieces-sink.js';

/** `blob`: its bytes, where the browser stores no Blobs of Workers (WebKit). */
interface Kept { blob: Blob | ArrayBuffer; at: number }

export class IndexedDbBlobs implements BlobFiles {
  readonly #name: string;
  #connection: Promise<IDBDatabase> | undefined;

  constructor(store: string) { this.#name = blobDatabaseName(store); }

  create(): Promise<BlobSink> {
    return Promise.resolve(new PiecesSink((id, blob) => this.#put(id, blob).catch(async (error: unknown) => {
      if (!isNamed(error, 'UnknownError')) throw error;
      await this.#put(id, await blob.arrayBuffer());
    })));
  }

  scratch(): ExportFile { return new ExportFile(); }

  async get(id: string): Promise<Blob | undefined> {
    const connection = await this.#connect();
    const kept = await asPromise<Kept | undefined>(connection.transaction('blobs').objectStore('blobs').get(id));
    return kept && (isBlob(kept.blob) ? kept.blob : new Blob([kept.blob]));
  }

  delete(id: string): Promise<void> { return this.#change((blobs) => blobs.delete(id)); }

  async namesBefore(time: number): Promise<string[]> {
    const blobs = (await this.#connect()).transaction('blobs').objectStore('blobs');
    const names: string[] = [];
    const cursor = blobs.openCursor();
    await new Promise<void>((resolve, reject) => {
      cursor.onerror = () => reject(cursor.error ?? new Error('The blobs could not be listed'));
      cursor.onsuccess = () => {
        const found = cursor.result;
        if (!found || names.length === MOST_NAMES) return resolve();
        if ((found.value as Kept).at < time) names.push(found.key as string);
        found.continue();
      };
    });
    return names;
  }

  #put(id: string, blob: Kept['blob']): Promise<void> {
    return this.#change((blobs) => blobs.put({ blob, at: Date.now() } satisfies Kept, id));
  }

  async #change(change: (blobs: IDBObjectStore) => void): Promise<void> {
    const transaction = (await this.#connect()).transaction('blobs', 'readwrite', { durability: 'strict' });
    await new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error ?? new DOMException('The transaction was aborted', 'AbortError'));
      change(transaction.objectStore('blobs'));
    });
  }

  #connect(): Promise<IDBDatabase> {
    return (this.#connection ??= this.#open());
  }

  async #open(): Promise<IDBDatabase> {
    const forget = (): void => { this.#connection = undefined; };
    const request = indexedDB.open(this.#name, 1);
    request.onupgradeneeded = () => request.result.createObjectStore('blobs');
    const connection = await asPromise(request).catch((error: unknown) => {
      forget();
      throw error;
    });
    connection.onclose = forget;
    // Somebody deletes it. They may: it is made anew when something is put.
    connection.onversionchange = () => {
      forget();
      connection.close();
    };
    return connection;
  }
}
