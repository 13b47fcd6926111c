/**
 * Finds the elements of a JSON array in a stream of bytes, one after the other, without holding more than one of them.
 * It looks for strings and brackets alone; whether an element is JSON is judged by whoever parses it.
 *
 *   before ──[──▶ first ──▶ element ──▶ after ──]──▶ done
 *      │            │          ▲          │ ,
 *      {            ]          └── next ◀─┘
 *      └──▶ element, the only one
 *
 * Invariants:
 * 1. Each byte is looked at a bounded number of times, wherever the chunks are cut.
 * 2. A chunk is not kept: what is needed of it later is copied.
 */
import { MillraceError } from '../index.js';

/** Text of one element or, where there is none to be had, why. */
export type Element = { readonly text: string; readonly bytes: number } | { readonly problem: string };

/** A string of JavaScript ends at some 512 MB in Chromium; a parsed element needs as much again. */
const LARGEST_ELEMENT = 256 * 2 ** 20;
/** The store keeps 256 levels of a part. No conversation needs more, and code that walks a value may call itself. */
const DEEPEST = 256;

const [QUOTE, COMMA, OPEN, BACKSLASH, CLOSE, OPEN_BRACE, CLOSE_BRACE] = [0x22, 0x2c, 0x5b, 0x5c, 0x5d, 0x7b, 0x7d];
const MARK = [0xef, 0xbb, 0xbf];
const isBlank = (byte: number): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

/** What files that are no JSON begin with. */
const OTHERS: Readonly<Record<number, string>> = {
  0x50: 'a ZIP archive: unpack it, and give the conversations.json in it', 0x1f: 'a compressed file: unpack it first',
  0x3c: 'HTML or XML', 0xff: 'text in UTF-16, where UTF-8 is needed', 0xfe: 'text in UTF-16, where UTF-8 is needed',
};

export class ArraySplitter {
  readonly #expected: string;
  readonly #largest: number;
  #place: 'before' | 'first' | 'next' | 'element' | 'after' | 'done' = 'before';
  #afterElement: 'after' | 'done' = 'after';
  /** Bytes of the chunks before this one. */
  #offset = 0;
  /** Of the element that is being read. */
  #pieces: Uint8Array[] = [];
  #size = 0;
  #depth = 0;
  #deepest = 0;
  #inString = false;
  /** The chunk before ended in a backslash that takes the next byte with it. */
  #escaped = false;

  /** `expected` ends the sentence that says what the file should be. */
  constructor(expected: string, largest = LARGEST_ELEMENT) {
    this.#expected = expected;
    this.#largest = largest;
  }

  /** The elements that end in this chunk. Throws 'invalid-argument' where it is no array. */
  *push(chunk: Uint8Array): Generator<Element, void> {
    let at = 0;
    while (at < chunk.length) {
      if (this.#place === 'element') {
        const end = this.#endOfElement(chunk, at);
        this.#keep(chunk, at, end);
        if (end === undefined) break;
        at = end;
        const element = this.#taken();
        this.#place = this.#afterElement;
        yield element;
      } else {
        at = this.#between(chunk, at);
      }
    }
    this.#offset += chunk.length;
  }

  /** Throws 'invalid-argument' if the array has not ended. */
  end(): void {
    if (this.#place === 'done') return;
    throw this.#place === 'before' ? this.#refused('an empty file')
      : new MillraceError('invalid-argument', `The file ends in the middle, after ${this.#offset} bytes: it is not complete.`);
  }

  /** One byte that belongs to no element. Where the next one is. */
  #between(chunk: Uint8Array, at: number): number {
    const byte = chunk[at]!;
    const offset = this.#offset + at;
    if (isBlank(byte) || (this.#place === 'before' && byte === MARK[offset])) return at + 1;
    if (this.#place === 'before') return this.#begin(byte, at);
    if (this.#place === 'done') throw this.#misplaced(byte, offset, 'the end');
    if (this.#place === 'after') {
      if (byte !== COMMA && byte !== CLOSE) throw this.#misplaced(byte, offset, '"," or "]"');
      this.#place = byte === COMMA ? 'next' : 'done';
      return at + 1;
    }
    if (byte === CLOSE && this.#place === 'first') {
      this.#place = 'done';
      return at + 1;
    }
    if (byte === COMMA || byte === CLOSE) throw this.#misplaced(byte, offset, 'a conversation');
    this.#place = 'element';
    return at;
  }

  #begin(byte: number, at: number): number {
    if (byte === OPEN) {
      this.#place = 'first';
      return at + 1;
    }
    if (byte !== OPEN_BRACE) throw this.#refused(OTHERS[byte] ?? `"${String.fromCharCode(byte)}" at the beginning, which is no JSON array`);
    // A file of one conversation.
    this.#place = 'element';
    this.#afterElement = 'done';
    return at;
  }

  /** The index behind the element; undefined: it goes on in the next chunk. */
  #endOfElement(chunk: Uint8Array, from: number): number | undefined {
    for (let at = from; at < chunk.length;) {
      if (this.#inString) {
        const end = this.#endOfString(chunk, at);
        if (end === undefined) return undefined;
        this.#inString = false;
        at = end;
        if (this.#depth === 0) return at;
        continue;
      }
      const byte = chunk[at]!;
      if (byte === QUOTE) this.#inString = true;
      else if (byte === OPEN || byte === OPEN_BRACE) this.#deepest = Math.max(this.#deepest, ++this.#depth);
      else if (this.#depth === 0) {
        // Numbers and words end before what follows them.
        if (byte === COMMA || byte === CLOSE || isBlank(byte)) return at;
      } else if ((byte === CLOSE || byte === CLOSE_BRACE) && --this.#depth === 0) return at + 1;
      at++;
    }
    return undefined;
  }

  #endOfString(chunk: Uint8Array, from: number): number | undefined {
    let start = from;
    if (this.#escaped) start++;
    this.#escaped = false;
    for (;;) {
      const quote = chunk.indexOf(QUOTE, start);
      const end = quote < 0 ? chunk.length : quote;
      // Backslashes go in pairs: one that is left takes what follows.
      let slashes = 0;
      while (end - slashes > start && chunk[end - slashes - 1] === BACKSLASH) slashes++;
      const taken = slashes % 2 === 1;
      if (quote < 0) {
        this.#escaped = taken;
        return undefined;
      }
      if (!taken) return quote + 1;
      start = quote + 1;
    }
  }

  /** `end` undefined: to the end of the chunk, and it is copied. */
  #keep(chunk: Uint8Array, from: number, end: number | undefined): void {
    const piece = end === undefined ? chunk.slice(from) : chunk.subarray(from, end);
    this.#size += piece.length;
    if (this.#size <= this.#largest) this.#pieces.push(piece);
    else this.#pieces = [];
  }

  #taken(): Element {
    const [pieces, bytes, deepest] = [this.#pieces, this.#size, this.#deepest];
    this.#pieces = [];
    this.#size = this.#deepest = 0;
    if (bytes > this.#largest) return { problem: `too large: ${bytes} bytes, and one conversation may have ${this.#largest}` };
    if (deepest > DEEPEST) return { problem: `nested more than ${DEEPEST} levels deep` };
    return { text: new TextDecoder().decode(joined(pieces, bytes)), bytes };
  }

  #refused(found: string): MillraceError {
    return new MillraceError('invalid-argument', `The file is no export: found ${found}. Expected ${this.#expected}.`);
  }

  #misplaced(byte: number, offset: number, expected: string): MillraceError {
    return new MillraceError('invalid-argument',
      `The file is damaged: expected ${expected} at byte ${offset}, found "${String.fromCharCode(byte)}".`);
  }
}

function joined(pieces: readonly Uint8Array[], size: number): Uint8Array {
  if (pieces.length === 1) return pieces[0]!;
  const all = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
