/** The page's own clock: it ends a wait also while the Worker is too busy to look at the time. */
import { MillraceError } from '../../errors.js';

/** Timers of a browser take no more. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/** What the promise becomes, or after `ms` a rejection with 'timeout'. `undefined`: no deadline. What it waits for goes on. */
export async function withDeadline<T>(ms: number | undefined, promise: Promise<T>): Promise<T> {
  if (ms === undefined) return promise;
  const late = Symbol('late');
  let timer: ReturnType<typeof setTimeout> | undefined;
  const clock = new Promise<typeof late>((resolve) => (timer = setTimeout(() => resolve(late), Math.min(ms, LONGEST_TIMEOUT_MS))));
  try {
    const first = await Promise.race([promise, clock]);
    if (first !== late) return first;
    // Nobody waits for it any more, so its failure is no unhandled rejection.
    promise.catch(() => undefined);
    throw new MillraceError('timeout', `Not saved within ${ms} ms; the write goes on`);
  } finally {
    clearTimeout(timer);
  }
}
