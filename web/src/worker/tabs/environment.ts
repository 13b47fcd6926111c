/** What a tab uses of the browser to agree with others. A test brings its own. */
import type { Opened } from '../../protocol.js';
import type { BlobFiles } from '../blobs/blob-files.js';
import { blobFiles } from '../blobs/blob-place.js';

export type Release = () => void;

export interface Locks {
  /** Undefined: somebody else holds it. */
  tryHold(name: string): Promise<Release | undefined>;
  /** Waits for it, in the order of the calls of all tabs. Never resolves after `cancelled` aborts. */
  hold(name: string, cancelled: AbortSignal): Promise<Release>;
  /** Runs the step while it holds the lock. */
  locked<T>(name: string, step: () => Promise<T>): Promise<T>;
  /** The names of those that are held, by any tab. */
  held(): Promise<string[]>;
}

export interface Clock {
  /** Milliseconds, monotonic. */
  now(): number;
  /** Calls back after `ms`; returns what cancels it. */
  after(ms: number, callback: () => void): () => void;
}

/** What one says is heard by all others of the same name, by each in the order it was said. */
export interface Channel {
  post(data: unknown): void;
  close(): void;
}

export interface Environment {
  readonly locks: Locks;
  readonly clock: Clock;
  /** Calls back when the browser comes online; returns what stops that. */
  whenOnline(callback: () => void): () => void;
  channel(name: string, hear: (data: unknown) => void): Channel;
  /** The content of a store's blobs. */
  blobFiles(store: string, storage: Opened['storage']): BlobFiles;
}

/** Where there is no browser, nothing is ever told. */
export function whenOnline(callback: () => void): () => void {
  const global = globalThis as Partial<Pick<typeof globalThis, 'addEventListener' | 'removeEventListener'>>;
  global.addEventListener?.('online', callback);
  return () => global.removeEventListener?.('online', callback);
}

/** The browser's own. */
export const browser: Environment = {
  locks: {
    tryHold: (name) => new Promise((resolve, reject) => {
      navigator.locks.request(name, { ifAvailable: true }, (lock) => {
        if (lock) return new Promise<void>((release) => resolve(release));
        resolve(undefined);
        return undefined;
      }).catch(reject);
    }),
    hold: (name, signal) => new Promise((resolve, reject) => {
      navigator.locks.request(name, { signal }, () => new Promise<void>((release) => resolve(release)))
        .catch((error: unknown) => { if (!signal.aborted) reject(error as Error); });
    }),
    locked: (name, step) => navigator.locks.request(name, step),
    held: async () => (await navigator.locks.query()).held?.map(({ name }) => name ?? '') ?? [],
  },
  clock: {
    now: () => performance.now(),
    after(ms, callback) {
      const timer = setTimeout(callback, ms);
      return () => clearTimeout(timer);
    },
  },
  blobFiles,
  whenOnline,
  channel(name, hear) {
    const channel = new BroadcastChannel(name);
    channel.onmessage = ({ data }) => hear(data);
    return { post: (data) => channel.postMessage(data), close: () => channel.close() };
  },
};
