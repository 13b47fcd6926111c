/**
 * A file of the user for the core, which reads it here and there and can only ask at once. It is read in windows, so that a
 * large file never lies in memory.
 */
import type { SavedFile } from '../../core-module.js';

const WINDOW_BYTES = 2 ** 19;
/** Tables and indexes are read side by side. */
const WINDOWS = 8;

/** Where files cannot be read at once, as under Node, all of it is in memory. Rejects if it cannot be read: it may be gone by now. */
export async function readFile(file: Blob): Promise<SavedFile> {
  if (typeof FileReaderSync === 'undefined') return inMemory(new Uint8Array(await file.arrayBuffer()));
  // Finds out now whether it can be read.
  await file.slice(0, 1).arrayBuffer();
  return new WindowedFile(file);
}

class WindowedFile implements SavedFile {
  readonly #file: Blob;
  readonly #reader = new FileReaderSync();
  /** By their number; the one that was used last is the last. */
  readonly #windows = new Map<number, Uint8Array>();

  constructor(file: Blob) { this.#file = file; }

  getSize(): number { return this.#file.size; }

  read(into: Uint8Array, { at }: { at: number }): number {
    const end = Math.min(at + into.length, this.#file.size);
    for (let from = at; from < end;) {
      const piece = this.#window(Math.floor(from / WINDOW_BYTES)).subarray(from % WINDOW_BYTES).subarray(0, end - from);
      into.set(piece, from - at);
      from += piece.length;
    }
    return Math.max(0, end - at);
  }

  #window(number: number): Uint8Array {
    const bytes = this.#windows.get(number)
      ?? new Uint8Array(this.#reader.readAsArrayBuffer(this.#file.slice(number * WINDOW_BYTES, (number + 1) * WINDOW_BYTES)));
    this.#windows.delete(number);
    this.#windows.set(number, bytes);
    if (this.#windows.size > WINDOWS) this.#windows.delete(this.#windows.keys().next().value!);
    return bytes;
  }
}

function inMemory(content: Uint8Array): SavedFile {
  return {
    getSize: () => content.length,
    read(into, { at }) {
      const piece = content.subarray(at, at + into.length);
      into.set(piece);
      return piece.length;
    },
  };
}
