/**
 * The blobs of a tab (D5): its own Worker reads and writes their content, whoever has the database open.
 *
 *   put      pieces ──▶ hash, temporary file ──▶ synced ──▶ named by the hash ──▶ `addBlob`: known to the database ──▶ answered
 *   collect  `collectBlobs`: forgotten by the database ──▶ content deleted        (the tab that leads, now and then)
 *
 * A crash between any two steps leaves content that the database does not know, never the other way round. Such content is not
 * trusted when the same is put again, and a collection deletes it once it is as old as GRACE_MS.
 *
 * Invariant: one at a time gives content its name, or deletes content; see `locked`.
 */
import type { BlobInfo } from '../../types.js';
import type { CoreHash, CoreModule, StreamFile } from '../../core-module.js';
import { MillraceError } from '../../errors.js';
import type { BlobRequest, ToPage, ToWorker } from '../../protocol.js';
import { asked } from '../core/asked.js';
import type { Asked, OwnCalls } from '../own-calls.js';
import { isNamed } from '../storage/storage-errors.js';
import { toWire } from '../wire-error.js';
import type { BlobFiles, BlobSink } from './blob-files.js';
import { piecesOf } from './blob-pieces.js';
import { exportWithBlobs, importWithBlobs, type TransferHost } from './blob-transfer.js';

/** As the core counts (`kBlobGraceMs`). */
const GRACE_MS = 3_600_000;
/** Milliseconds from opening the store to the first collection, and from one to the next. */
const FIRST_MS = 5_000;
const NEXT_MS = 600_000;

export interface BlobsHost {
  /** The files of the store, made when they are needed. */
  files(): BlobFiles;
  load(): Promise<CoreModule>;
  /** An export and a collection, of all tabs, exclude each other. What they hold they give back by calling the result. */
  holdExport(): Promise<() => void>;
  /** Undefined while an export is under way. */
  holdCollection(): Promise<(() => void) | undefined>;
  /** Runs one step at a time, of all tabs. */
  locked<T>(step: () => Promise<T>): Promise<T>;
  tell(message: ToPage): void;
  /** Calls back after `ms`, and keeps no process alive for that. Returns what cancels it. */
  after(ms: number, callback: () => void): () => void;
}

export class Blobs {
  readonly #host: BlobsHost;
  readonly #calls: OwnCalls;
  /** What is being put, by the id of its call. */
  readonly #puts = new Map<number, AbortController>();
  #made: BlobFiles | undefined;
  #cancel: (() => void) | undefined;

  constructor(host: BlobsHost, calls: OwnCalls) {
    this.#host = host;
    this.#calls = calls;
  }

  /** Takes what the page says of blobs. False: it is not for these. */
  take(message: ToWorker): boolean {
    if (message.type === 'abort' && this.#puts.has(message.ingest)) {
      this.#puts.get(message.ingest)!.abort(new MillraceError('aborted', message.reason));
      return true;
    }
    const answer = this.#answerTo(message);
    if (answer) void this.#answer(message as { id: number }, answer);
    return answer !== undefined;
  }

  /** A file that came in a reply. */
  async putFile({ bytes, mediaType }: StreamFile): Promise<string> {
    return (await this.#put(new Blob([bytes]), mediaType, new AbortController().signal)).id;
  }

  /** Nothing is put or collected any more. */
  close(reason: string): void {
    this.stopCollecting();
    for (const put of this.#puts.values()) put.abort(new MillraceError('aborted', reason));
  }

  /** This tab has the database open: it deletes what nobody needs. */
  collectFromNowOn(ms = FIRST_MS): void {
    this.#cancel?.();
    const cancel = this.#host.after(ms, () => void this.#collect().then(() => {
      // Unless that was stopped meanwhile.
      if (this.#cancel === cancel) this.collectFromNowOn(NEXT_MS);
    }));
    this.#cancel = cancel;
  }

  stopCollecting(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  get #files(): BlobFiles { return (this.#made ??= this.#host.files()); }

  #answerTo(message: ToWorker): (() => Promise<unknown>) | undefined {
    if (message.type === 'put-blob') return () => this.#putFor(message);
    if (message.type === 'get-blob') return () => this.#get(message.blob);
    if (message.type !== 'call') return undefined;
    if (message.method === 'import') return () => importWithBlobs(this.#transfer, message.args[0]);
    return message.method === 'export' && message.args[0]?.blobs ? () => exportWithBlobs(this.#transfer) : undefined;
  }

  get #transfer(): TransferHost {
    return {
      files: this.#files,
      load: () => this.#host.load(),
      holdExport: () => this.#host.holdExport(),
      call: (method, args) => this.#call(method, args),
      keep: (sink, blob) => this.#keep(sink, blob),
    };
  }

  async #answer({ id }: { id: number }, answer: () => Promise<unknown>): Promise<void> {
    try {
      const value = await answer();
      this.#host.tell({ type: 'reply', id, value });
    } catch (error) {
      this.#host.tell({ type: 'reply', id, error: toWire(failed(error)) });
    }
  }

  async #putFor({ id, source, mediaType }: Extract<BlobRequest, { type: 'put-blob' }>): Promise<BlobInfo> {
    const aborter = new AbortController();
    this.#puts.set(id, aborter);
    try {
      return await this.#put(source, mediaType, aborter.signal);
    } finally {
      this.#puts.delete(id);
    }
  }

  async #put(source: Blob | ReadableStream<Uint8Array>, mediaType: string, signal: AbortSignal): Promise<BlobInfo> {
    let hash: CoreHash | undefined;
    let sink: BlobSink | undefined;
    try {
      hash = (await this.#host.load()).openHash();
      sink = await this.#files.create();
      const size = await pass(source, signal, hash, sink);
      return await this.#keep(sink, { id: hash.digest(), size, mediaType });
    } catch (error) {
      await sink?.drop();
      throw error;
    } finally {
      hash?.delete();
    }
  }

  #keep(sink: BlobSink, blob: { id: string; size: number; mediaType: string }): Promise<BlobInfo> {
    return this.#host.locked(async () => {
      const known = await this.#call('blobInfo', [blob.id]);
      await sink.keep(blob.id, known !== undefined);
      await this.#call('addBlob', [blob]);
      return known ?? (await this.#call('blobInfo', [blob.id]))!;
    });
  }

  async #get(id: string): Promise<Blob | undefined> {
    const info = await this.#call('blobInfo', [id]);
    const content = info && await this.#files.get(id);
    return content?.slice(0, content.size, info!.mediaType);
  }

  /** Never rejects: what is left over is found the next time. */
  async #collect(): Promise<void> {
    const release = await this.#host.holdCollection();
    if (!release) return;
    try {
      for (let after = ''; ;) {
        after = await this.#host.locked(async () => {
          const { removed, next } = await this.#call('collectBlobs', [after]);
          for (const id of removed) await this.#files.delete(id);
          return next;
        });
        if (after === '') break;
      }
      for (const name of await this.#files.namesBefore(Date.now() - GRACE_MS)) {
        await this.#host.locked(async () => {
          if (!await this.#call('blobInfo', [name])) await this.#files.delete(name);
        });
      }
    } catch {
      // The store closes, the disk fails, or a file is still being written.
    } finally {
      release();
    }
  }

  #call<M extends keyof Asked>(method: M, args: Parameters<Asked[M]>): Promise<ReturnType<Asked[M]>> {
    return asked((done) => this.#calls.call(method, args, done));
  }
}

/** The number of bytes that went from the source into both. */
async function pass(source: Blob | ReadableStream<Uint8Array>, signal: AbortSignal, hash: CoreHash, sink: BlobSink): Promise<number> {
  let size = 0;
  for await (const bytes of piecesOf(source)) {
    signal.throwIfAborted();
    hash.update(bytes);
    await sink.write(bytes);
    size += bytes.length;
  }
  signal.throwIfAborted();
  return size;
}

function failed(error: unknown): MillraceError {
  if (error instanceof MillraceError) return error;
  if (isNamed(error, 'QuotaExceededError')) {
    return new MillraceError('quota-exceeded', 'The storage quota of this origin is full: there is no room for the blob', { cause: error });
  }
  return new MillraceError('io', `The blob could not be read or written: ${String(error)}`, { cause: error });
}
