/**
 * Blobs in the origin private file system: a file each, in a folder beside the database.
 *
 *   millrace/<name>.blobs/new-<uuid>   being written; or an export
 *   millrace/<name>.blobs/<sha-256>    written, synced, then given this name
 */
import { opfsFolder } from '../storage/opfs.js';
import { isNamed } from '../storage/storage-errors.js';
import { toFileName } from '../storage/store-name.js';
import { MOST_NAMES, type BlobFiles, type BlobSink, type ScratchFile } from './blob-files.js';

/** Not in the types of the DOM yet. Chromium from 121 on, Firefox from 111, Safari from 15.2 have it. */
interface Movable { move?(name: string): Promise<void> }
type Entries = AsyncIterable<[string, FileSystemFileHandle]>;

export class OpfsBlobs implements BlobFiles {
  readonly #folder: (create: boolean) => Promise<FileSystemDirectoryHandle>;

  /** `folder`: rejects with 'NotFoundError' where there is none, unless it may be made. */
  constructor(store: string, folder = blobFolder(store)) { this.#folder = folder; }

  async create(): Promise<BlobSink> {
    const { folder, name, file, handle } = await this.#newFile();
    return new FileSink(folder, name, file, handle);
  }

  /** Whoever deletes what a crash left half-written deletes this too, once it is as old. */
  async scratch(): Promise<ScratchFile> {
    const { folder, name, file, handle } = await this.#newFile();
    return {
      read: (into, options) => handle.read(into as Uint8Array<ArrayBuffer>, options),
      write: (from, options) => handle.write(from as Uint8Array<ArrayBuffer>, options),
      getSize: () => handle.getSize(),
      truncate: (size) => handle.truncate(size),
      flush: () => handle.flush(),
      async toBlob(type) {
        handle.close();
        const content = await file.getFile();
        return content.slice(0, content.size, type);
      },
      async drop() {
        handle.close();
        await remove(folder, name).catch(() => undefined);
      },
    };
  }

  async get(id: string): Promise<Blob | undefined> {
    const folder = await this.#made();
    return folder && fileIn(folder, id);
  }

  async delete(id: string): Promise<void> {
    const folder = await this.#made();
    if (folder) await remove(folder, id);
  }

  async namesBefore(time: number): Promise<string[]> {
    const folder = await this.#made();
    const names: string[] = [];
    if (!folder) return names;
    for await (const [name, file] of folder as unknown as Entries) {
      const there = await file.getFile().catch(ignoreNotFound);
      if (there && there.lastModified < time) names.push(name);
      if (names.length === MOST_NAMES) break;
    }
    return names;
  }

  async #newFile(): Promise<{ folder: FileSystemDirectoryHandle; name: string; file: FileSystemFileHandle; handle: FileSystemSyncAccessHandle }> {
    const folder = await this.#folder(true);
    const name = `new-${crypto.randomUUID()}`;
    const file = await folder.getFileHandle(name, { create: true });
    return { folder, name, file, handle: await file.createSyncAccessHandle() };
  }

  /** The folder, if something was ever put. */
  #made(): Promise<FileSystemDirectoryHandle | undefined> { return this.#folder(false).catch(ignoreNotFound); }
}

class FileSink implements BlobSink {
  readonly #folder: FileSystemDirectoryHandle;
  readonly #name: string;
  readonly #file: FileSystemFileHandle & Movable;
  readonly #handle: FileSystemSyncAccessHandle;
  #at = 0;

  constructor(folder: FileSystemDirectoryHandle, name: string, file: FileSystemFileHandle, handle: FileSystemSyncAccessHandle) {
    this.#folder = folder;
    this.#name = name;
    this.#file = file;
    this.#handle = handle;
  }

  write(bytes: Uint8Array): void {
    const written = this.#handle.write(bytes, { at: this.#at });
    // Some browsers write what there is room for, and say how much that was.
    if (written < bytes.length) throw new DOMException('There is no room for the blob', 'QuotaExceededError');
    this.#at += written;
  }

  async keep(id: string, known: boolean): Promise<void> {
    this.#handle.flush();
    this.#handle.close();
    const there = await fileIn(this.#folder, id);
    if (known && there?.size === this.#at) return this.drop();
    // A copy that a crash cut short. After a loss of power it may be as long as it should be, and not synced.
    if (there) await remove(this.#folder, id);
    if (this.#file.move) return this.#file.move(id);
    await this.#copyTo(id);
    await this.drop();
  }

  async drop(): Promise<void> {
    this.#handle.close();
    await remove(this.#folder, this.#name).catch(() => undefined);
  }

  /** Where files cannot be renamed. A crash leaves a part: the database does not know it, and `keep` makes it anew. */
  async #copyTo(id: string): Promise<void> {
    const file = await this.#folder.getFileHandle(id, { create: true });
    const handle = await file.createSyncAccessHandle();
    try {
      const content = await this.#file.getFile();
      for (let at = 0; at < content.size; at += COPY_BYTES) {
        handle.write(new Uint8Array(await content.slice(at, at + COPY_BYTES).arrayBuffer()), { at });
      }
      handle.flush();
    } finally {
      handle.close();
    }
  }
}

const COPY_BYTES = 2 ** 20;

/** Made when something is put for the first time. */
function blobFolder(store: string): (create: boolean) => Promise<FileSystemDirectoryHandle> {
  return async (create) => (await opfsFolder(create)).getDirectoryHandle(`${toFileName(store)}.blobs`, { create });
}

async function fileIn(folder: FileSystemDirectoryHandle, name: string): Promise<File | undefined> {
  return folder.getFileHandle(name).then((file) => file.getFile()).catch(ignoreNotFound);
}

async function remove(folder: FileSystemDirectoryHandle, name: string): Promise<void> {
  await folder.removeEntry(name).catch(ignoreNotFound);
}

function ignoreNotFound(error: unknown): undefined {
  if (!isNamed(error, 'NotFoundError')) throw error;
}
