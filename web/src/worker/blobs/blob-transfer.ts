/**
 * The content of blobs with a store's file: into an export, and out of a file to import (S7, D5). A tab's own Worker does it,
 * whoever has the database open, piece by piece.
 *
 *   export   the leader's file ──▶ a scratch file ◀── the pieces of each blob that a message in it names
 *   import   the pieces of each blob that is not here ──▶ put, if they have its hash; then the leader reads the messages
 */
import type { CoreArchive, CoreModule } from '../../core-module.js';
import type { BlobInfo } from '../../types.js';
import { asked } from '../core/asked.js';
import { readFile } from '../core/read-file.js';
import { SQLITE_TYPE } from '../core/transfer.js';
import type { Asked } from '../own-calls.js';
import type { BlobFiles, BlobSink, ScratchFile } from './blob-files.js';
import { piecesOf } from './blob-pieces.js';

/** What it needs of the blobs of its tab. */
export interface TransferHost {
  readonly files: BlobFiles;
  load(): Promise<CoreModule>;
  /** Nothing is collected until the result is called. */
  holdExport(): Promise<() => void>;
  call<M extends keyof Asked>(method: M, args: Parameters<Asked[M]>): Promise<ReturnType<Asked[M]>>;
  keep(sink: BlobSink, blob: { id: string; size: number; mediaType: string }): Promise<BlobInfo>;
}

/** The file of the store, with the content of the blobs that its messages name. What is not here is left out. */
export async function exportWithBlobs(host: TransferHost): Promise<Blob> {
  const release = await host.holdExport();
  let file: ScratchFile | undefined;
  try {
    const database = await host.call('export', [{}]);
    file = await host.files.scratch();
    let at = 0;
    for await (const piece of piecesOf(database)) at += written(file, piece, at);
    await addBlobs(host, file);
    return await file.toBlob(SQLITE_TYPE);
  } catch (error) {
    await file?.drop();
    throw error;
  } finally {
    release();
  }
}

/** Nothing is imported from a file whose blobs cannot be read. What the file lacks, its messages name all the same. */
export async function importWithBlobs(host: TransferHost, file: Blob): Promise<{ sessions: number; messages: number }> {
  const archive = await open(host, file);
  try {
    for (let blob = await next(archive); archive && blob; blob = await next(archive)) {
      if (!await host.call('blobInfo', [blob.id])) await takeBlob(host, archive, blob);
    }
  } finally {
    archive?.delete();
  }
  return host.call('import', [file]);
}

async function addBlobs(host: TransferHost, file: ScratchFile): Promise<void> {
  const module = await host.load();
  const archive = await asked<CoreArchive>((done) => module.openArchiveToWrite(file, done));
  try {
    const add = (id: string, bytes: Uint8Array): Promise<void> => asked((done) => archive.add(id, bytes, done));
    for (const { id } of await asked<BlobInfo[]>((done) => archive.named(done))) {
      const content = await host.files.get(id);
      if (content?.size === 0) await add(id, new Uint8Array());
      else if (content) for await (const piece of piecesOf(content)) await add(id, piece);
    }
  } finally {
    archive.delete();
  }
}

/** Undefined if it cannot be read: the import says why. */
async function open(host: TransferHost, file: Blob): Promise<CoreArchive | undefined> {
  const module = await host.load();
  try {
    const content = await readFile(file);
    return await asked<CoreArchive>((done) => module.openArchiveToRead(content, done));
  } catch {
    return undefined;
  }
}

function next(archive: CoreArchive | undefined): Promise<BlobInfo | undefined> {
  return asked((done) => archive ? archive.nextBlob(done) : done(null));
}

/** Content that does not have its hash is left out, like content that is not in the file. */
async function takeBlob(host: TransferHost, archive: CoreArchive, { id, mediaType }: BlobInfo): Promise<void> {
  const hash = (await host.load()).openHash();
  const sink = await host.files.create();
  try {
    let size = 0;
    for (;;) {
      const piece = await asked<Uint8Array | undefined>((done) => archive.nextPiece(done));
      if (!piece) break;
      hash.update(piece);
      await sink.write(piece);
      size += piece.length;
    }
    if (hash.digest() === id) await host.keep(sink, { id, size, mediaType });
    else await sink.drop();
  } catch (error) {
    await sink.drop();
    throw error;
  } finally {
    hash.delete();
  }
}

function written(file: ScratchFile, piece: Uint8Array, at: number): number {
  if (file.write(piece, { at }) < piece.length) throw new DOMException('There is no room for the export', 'QuotaExceededError');
  return piece.length;
}
