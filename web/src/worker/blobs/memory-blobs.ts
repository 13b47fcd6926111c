import { ExportFile } from '../core/export-file.js';
import { MOST_NAMES, type BlobFiles, type BlobSink } from './blob-files.js';
import { PiecesSink } from './pieces-sink.js';

/** Blobs of a store in memory. They go with it. */
export class MemoryBlobs implements BlobFiles {
  readonly #kept = new Map<string, { blob: Blob; at: number }>();

  create(): Promise<BlobSink> {
    return Promise.resolve(new PiecesSink(async (id, blob) => { this.#kept.set(id, { blob, at: Date.now() }); }));
  }

  scratch(): ExportFile { return new ExportFile(); }

  async get(id: string): Promise<Blob | undefined> { return this.#kept.get(id)?.blob; }

  async delete(id: string): Promise<void> { this.#kept.delete(id); }

  async namesBefore(time: number): Promise<string[]> {
    return [...this.#kept].filter(([, { at }]) => at < time).map(([id]) => id).slice(0, MOST_NAMES);
  }
}
