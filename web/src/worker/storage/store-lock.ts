/**
 * The Web Lock `millrace:<name>` belongs to the tab that has the store open, wherever the store is kept: only its holder opens or deletes files.
 *
 * A page that was reloaded may find its predecessor still dying, so the lock is waited for, but not for long: a store
 * that is open in another tab is told from one that is not available, and never replaced by another one.
 */
import { MillraceError } from '../../errors.js';
import { inUse, missing, unavailable } from './storage-errors.js';

/** Far above what a dying page was measured to keep its lock and handles for (54 ms), and short enough to wait for an error. */
const WAIT_MS = 3000;

export interface HeldLock {
  /** When waiting for what a dying page still holds ends, on the clock of `performance.now`. */
  readonly deadline: number;
  release(): void;
}

/** Takes the store's lock. Rejects with 'in-use' or 'storage-unavailable'. */
export function lockStore(name: string): Promise<HeldLock> {
  // Typed as always there; insecure contexts, older browsers and Node disagree.
  const { isSecureContext, navigator } = globalThis as Partial<typeof globalThis>;
  if (!isSecureContext) throw missing('a secure context (https, or localhost)');
  if (!(navigator as Partial<WorkerNavigator> | undefined)?.locks) throw missing('navigator.locks');
  const deadline = performance.now() + WAIT_MS;
  const waiting = new AbortController();
  const timer = setTimeout(() => waiting.abort(), WAIT_MS);
  return new Promise((resolve, reject) => {
    const held = (): Promise<void> => new Promise((release) => {
      clearTimeout(timer);
      resolve({ deadline, release });
    });
    globalThis.navigator.locks.request(`millrace:${name}`, { signal: waiting.signal }, held).catch((error: unknown) => {
      clearTimeout(timer);
      if (waiting.signal.aborted) reject(inUse(name));
      else reject(error instanceof MillraceError ? error : unavailable('Web Locks', error));
    });
  });
}
