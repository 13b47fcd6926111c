import type { BlobSink } from './blob-files.js';

/** Gathers the pieces. A Blob of each keeps them out of this thread's memory. */
export class PiecesSink implements BlobSink {
  readonly #keep: (id: string, blob: Blob) => Promise<void>;
  #pieces: Blob[] = [];

  constructor(keep: (id: string, blob: Blob) => Promise<void>) { this.#keep = keep; }

  write(bytes: Uint8Array): void { this.#pieces.push(new Blob([bytes as Uint8Array<ArrayBuffer>])); }

  async keep(id: string): Promise<void> {
    await this.#keep(id, new Blob(this.#pieces));
    this.#pieces = [];
  }

  drop(): Promise<void> {
    this.#pieces = [];
    return Promise.resolve();
  }
}
