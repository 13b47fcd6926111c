/** Bytes of a reply, read one chunk at a time. */
import type { Answer, WireError, WireSource } from '../../protocol.js';

export interface Source {
  /** Undefined at the end. Rejects with a MillraceError ('network', 'http', …). */
  next(): Promise<Uint8Array | undefined>;
  /** The head of the response, if it is one; known once `next` has answered. */
  answer?(): Answer | undefined;
  /** Nobody reads on: a pending `next` ends soon, its outcome does not matter. Never throws. */
  cancel(): void;
}

/** A source that the page feeds. */
export interface PageSource extends Source {
  /** Brings the source that it waits for. */
  supply(source: WireSource): void;
  chunk(chunk: Uint8Array | string): void;
  end(): void;
  fail(error: WireError): void;
}
