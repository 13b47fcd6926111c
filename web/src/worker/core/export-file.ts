/**
 * The file that an export is written into. It lies in the memory of JavaScript, not in the core's, which never shrinks;
 * in blocks, so that growing copies nothing.
 *
 * Invariant: the blocks reach as far as `size`, and are zero beyond it.
 */
import type { SyncFile } from '../../core-module.js';

const BLOCK = 2 ** 18;

export class ExportFile implements SyncFile {
  readonly #blocks: Uint8Array<ArrayBuffer>[] = [];
  #size = 0;

  getSize(): number { return this.#size; }

  flush(): void { /* nothing of it has to last */ }

  read(into: Uint8Array, { at }: { at: number }): number {
    const end = Math.min(at + into.length, this.#size);
    for (let from = at; from < end;) {
      const piece = this.#from(from).subarray(0, end - from);
      into.set(piece, from - at);
      from += piece.length;
    }
    return Math.max(0, end - at);
  }

  write(from: Uint8Array, { at }: { at: number }): number {
    if (at + from.length > this.#size) this.truncate(at + from.length);
    for (let done = 0; done < from.length;) {
      const room = this.#from(at + done);
      const piece = from.subarray(done, done + room.length);
      room.set(piece);
      done += piece.length;
    }
    return from.length;
  }

  truncate(size: number): void {
    const count = Math.ceil(size / BLOCK);
    while (this.#blocks.length < count) this.#blocks.push(new Uint8Array(BLOCK));
    this.#blocks.length = count;
    if (size < this.#size && size % BLOCK > 0) this.#from(size).fill(0);
    this.#size = size;
  }

  drop(): void { this.truncate(0); }

  toBlob(type: string): Blob {
    return new Blob(this.#blocks, { type }).slice(0, this.#size, type);
  }

  /** The rest of the block at `at`. */
  #from(at: number): Uint8Array {
    return this.#blocks[Math.floor(at / BLOCK)]!.subarray(at % BLOCK);
  }
}
