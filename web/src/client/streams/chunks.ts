/** Sources of a reply that the page reads itself, one chunk at a time and only when asked. */

export interface Chunks {
  /** Undefined at the end. Rejects with what the source failed with. */
  next(): Promise<Uint8Array | string | undefined>;
  /** Tells the source that nobody reads on. Never rejects, and does not wait. */
  cancel(reason?: unknown): void;
}

export function chunksOfStream(stream: ReadableStream<Uint8Array>): Chunks {
  const reader = stream.getReader();
  return {
    async next() {
      const { done, value } = await reader.read();
      return done ? undefined : value;
    },
    cancel: (reason) => void reader.cancel(reason).catch(() => undefined),
  };
}

export function chunksOfIterable(source: AsyncIterable<Uint8Array | string>): Chunks {
  const iterator = source[Symbol.asyncIterator]();
  return {
    async next() {
      const { done, value } = await iterator.next();
      return done ? undefined : value;
    },
    cancel: () => void (async () => iterator.return?.())().catch(() => undefined),
  };
}
