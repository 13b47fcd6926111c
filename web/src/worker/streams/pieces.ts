/** What a function of the page is given of a body: its text as it comes, or whole events. */
import type { CoreFramer, StreamsModule } from '../../core-module.js';
import { MillraceError } from '../../errors.js';
import type { Piece } from '../../protocol.js';

export interface Cutter {
  /** The pieces that are whole by then. Throws 'protocol' if one is too long. */
  feed(bytes: Uint8Array): Piece[];
  /** The body ended. */
  finish(): Piece[];
  delete(): void;
}

/** As it comes, in whole characters. */
export function cutText(): Cutter {
  const decoder = new TextDecoder();
  const pieces = (text: string): Piece[] => (text === '' ? [] : [text]);
  return {
    feed: (bytes) => pieces(decoder.decode(bytes, { stream: true })),
    finish: () => pieces(decoder.decode()),
    delete: () => undefined,
  };
}

export function cutEvents(module: StreamsModule, kind: 'sse' | 'ndjson'): Cutter {
  const framer: CoreFramer = module.openFramer(kind);
  const checked = (pieces: Piece[]): Piece[] => {
    if (!framer.tooLong()) return pieces;
    throw new MillraceError('protocol', 'An event of the stream is longer than 32 MB');
  };
  return {
    feed: (bytes) => checked(framer.feed(bytes)),
    finish: () => checked(framer.finish()),
    delete: () => framer.delete(),
  };
}
