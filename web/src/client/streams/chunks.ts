/** Sources of a reply that the page reads itself, one chunk at a time and only when asked. */

export interface Chunks {
  /** Undefined at the end. Rejects with what the source failed with. */
  next(): Promise<Uint8Array | undefined>;
  /** Tells the source that nobody reads on. Never rejects, and does not wait. */
  cancel(reason?: unknown): void;
}

export const noChunks: Chunks = { next: () => Promise.resolve(undefined), cancel: () => undefined };

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
  // Encodes strings as one stream, so that a pair of surrogates may be split between two of them.
  let half = '';
  const encode = (text: string): Uint8Array => {
    const whole = half + text;
    half = /[\uD800-\uDBFF]$/.exec(whole)?.[0] ?? '';
    return new TextEncoder().encode(whole.slice(0, whole.length - half.length));
  };
  return {
    async next() {
      const { done, value } = await iterator.next();
      if (!done) return typeof value === 'string' ? encode(value) : value;
      if (half === '') return undefined;
      half = '';
      return new TextEncoder().encode('\uFFFD');
    },
    cancel: () => void (async () => iterator.return?.())().catch(() => undefined),
  };
}
