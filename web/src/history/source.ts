/** Reads a file, or a stream of bytes, chunk by chunk. */
import { MillraceError } from '../index.js';

/** A File is a Blob. */
export type ExportSource = Blob | ReadableStream<Uint8Array>;

export function sizeOf(source: ExportSource): number | undefined {
  return 'size' in source ? source.size : undefined;
}

/** Ends early when the signal is aborted: whoever reads looks at it after each chunk. */
export async function* chunksOf(source: ExportSource, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array, void> {
  const reader = readerOf(source);
  // A canceled reader answers at once. A race with the signal would keep every chunk for as long as the signal lives.
  const stop = (): void => void reader.cancel(signal?.reason).catch(() => undefined);
  signal?.addEventListener('abort', stop, { once: true });
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((error: unknown) => { throw brokenOff(source, error); });
      if (done) return;
      if (!ArrayBuffer.isView(value)) throw new MillraceError('invalid-argument', 'The source must be a stream of bytes, as Blob.stream() and Response.body are.');
      yield value;
    }
  } finally {
    signal?.removeEventListener('abort', stop);
    stop();
  }
}

function readerOf(source: ExportSource): ReadableStreamDefaultReader<Uint8Array> {
  const stream: unknown = typeof (source as Blob | undefined)?.stream === 'function' ? (source as Blob).stream() : source;
  try {
    return (stream as ReadableStream<Uint8Array>).getReader();
  } catch (cause) {
    throw new MillraceError('invalid-argument', 'The source must be a Blob (a File is one), or a ReadableStream of bytes that nobody else reads.', { cause });
  }
}

function brokenOff(source: ExportSource, cause: unknown): MillraceError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new MillraceError('size' in source ? 'io' : 'network', `The file could not be read to its end: ${reason}.`, { cause });
}
