import { MillraceError } from '../../errors.js';
import { isBytes } from '../../realms.js';

/** Bytes that are in memory at once. */
const PIECE_BYTES = 2 ** 20;

/**
 * The content, piece by piece. A piece is valid until the next one is asked for. Leaving the loop early lets a stream go. Rejects
 * with 'io' if it cannot be read.
 */
export async function* piecesOf(source: Blob | ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  if ('getReader' in source) yield* piecesOfStream(source.getReader());
  else if (source.size > PIECE_BYTES) yield* piecesOfBlob(source.stream());
  else if (source.size > 0) yield new Uint8Array(await readable(source.arrayBuffer()));
}

/** In one buffer, used again and again: garbage of a large file would be as large as the file. */
async function* piecesOfBlob(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<Uint8Array> {
  const reader = byteReader(stream);
  if (!reader) return yield* piecesOfStream(stream.getReader());
  try {
    for (let buffer = new ArrayBuffer(PIECE_BYTES); ;) {
      const { done, value } = await readable(reader.read(new Uint8Array(buffer)));
      if (done) return;
      yield value;
      buffer = value.buffer;
    }
  } finally {
    void reader.cancel().catch(() => undefined);
  }
}

/** Undefined where the streams of Blobs are not streams of bytes. */
function byteReader(stream: ReadableStream<Uint8Array<ArrayBuffer>>): ReadableStreamBYOBReader | undefined {
  try {
    return stream.getReader({ mode: 'byob' });
  } catch {
    return undefined;
  }
}

async function* piecesOfStream(reader: ReadableStreamDefaultReader<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    for (;;) {
      const { done, value } = await readable(reader.read());
      if (done) return;
      if (!isBytes(value)) throw new MillraceError('invalid-argument', `A blob's stream must yield Uint8Array, not ${typeof value}`);
      for (let at = 0; at < value.length; at += PIECE_BYTES) yield value.subarray(at, at + PIECE_BYTES);
    }
  } finally {
    void reader.cancel().catch(() => undefined);
  }
}

function readable<T>(reading: Promise<T>): Promise<T> {
  return reading.catch((error: unknown) => {
    throw new MillraceError('io', `The blob's content could not be read: ${String(error)}`, { cause: error });
  });
}
